"""Exercise 3.7: dates and the seconds since 1970."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence

import pytest
from cairn.lab import Lab

from .date_model import (DATES_MAX, LAST, LAST_SECOND, SECONDS_MAX, Date, from_seconds_request,
                         judge_from_seconds, judge_to_seconds, parts_of, to_seconds_request)

# Common years, leap years, and centuries of both kinds; the first and the last.
YEARS = (1970, 1971, 1972, 1973, 1999, 2000, 2001, 2026, 2096, 2099, 2100, 2101, 2400, 2401, 3000,
         9600, 9900, 9996, 9998, 9999)
# Of a request of some hundred dates. The reference takes less than 0.5 ms; day by day it is 1,000.
BUDGET_MS = 100


def check_to(lab: Lab, dates: Sequence[Date]) -> None:
    """Every date has its seconds, or is refused."""
    parts = parts_of(dates, DATES_MAX)
    run = lab.run([to_seconds_request(part, BUDGET_MS) for part in parts])
    for part, reply in zip(parts, run.replies):
        judge_to_seconds(part, reply)


def check_from(lab: Lab, seconds: Sequence[int]) -> None:
    """Every number of seconds has its date."""
    parts = parts_of(seconds, SECONDS_MAX)
    run = lab.run([from_seconds_request(part, BUDGET_MS) for part in parts])
    for part, reply in zip(parts, run.replies):
        judge_from_seconds(part, reply)


def month_borders(years: Sequence[int]) -> list[Date]:
    """The first and the last second of every month."""
    return [date for year in years for month in range(1, 13)
            for date in (Date(year, month),
                         Date(year, month, monthrange(year, month)[1], 23, 59, 59))]


def test_counts_the_seconds_of_a_date(lab: Lab) -> None:
    """Given the first and last second of every month, and every hour and minute, then their
    seconds."""
    times = [Date(1970, 1, 1, hour) for hour in range(24)]
    times += [Date(1970, 1, 1, 0, n, second) for n in (0, 1, 30, 59) for second in (0, 1, 59)]
    check_to(lab, times + month_borders((1970, 1971, 1973, 1999, 2026, 9999)) + [LAST])


def test_knows_the_leap_years(lab: Lab) -> None:
    """Given the end of February and of December, then a day more in leap years only."""
    dates = []
    for year in (*range(1970, 2038), *range(2095, 2106), 2200, 2300, 2399, 2400, 2401, *YEARS):
        last = monthrange(year, 2)[1]
        dates += [Date(year, 2, last, 23, 59, 59), Date(year, 3, 1), Date(year, 12, 31)]
    check_to(lab, dates)


@pytest.mark.negative
def test_refuses_what_is_no_date(lab: Lab) -> None:
    """Given a part out of its range, then ERROR_OUT_OF_RANGE, and the result is left alone."""
    most = (1 << 32) - 1
    good = Date(2024, 2, 29, 12, 30, 30)
    wrong = {"year": (0, 1, 1969, 10000, 1 << 31, most), "month": (0, 13, 14, 255, most),
             "day": (0, 30, 31, 32, most), "hour": (24, 25, most), "minute": (60, 61, most),
             "second": (60, 61, most)}
    dates = [good._replace(**{part: value}) for part, values in wrong.items() for value in values]
    for year in (1970, 1972, 2000, 2100, 2400, 9999):
        dates += [Date(year, month, monthrange(year, month)[1] + 1) for month in range(1, 13)]
    dates += [Date(year, 2, 29) for year in range(1970, 2400, 10) if year % 4]
    dates += [Date(year, 2, 29) for year in (2100, 2200, 2300, 9900)]
    dates += [Date(1969, 12, 31, 23, 59, 59), Date(10000), Date(0, 0, 0), Date(most, 12, 31)]
    check_to(lab, [good, *dates, LAST])


def test_finds_the_date_of_seconds(lab: Lab) -> None:
    """Given the seconds about every month's borders, then the date and time of day."""
    borders = [date.seconds or 0 for date in month_borders(YEARS)]
    check_from(lab, [0, 1, 59, 60, 61, 3599, 3600, 86399, 86400, 951782399, 951782400, *borders,
                     LAST_SECOND - 86400, LAST_SECOND - 1, LAST_SECOND])


def test_finds_the_first_and_last_day_of_each_year(lab: Lab) -> None:
    """Given New Year's Eve and New Year's Day of many years, then each is in its own year."""
    years = [*range(1971, 2110), *lab.random.sample(range(2110, 10000), 300)]
    check_from(lab, [(Date(year).seconds or 0) + step for year in years for step in (-1, 0)])


def test_goes_there_and_back(lab: Lab) -> None:
    """Given any second up to the year 9999, then its date, and the seconds of that date."""
    seconds = [lab.random.randrange(LAST_SECOND + 1) for _ in range(400)]
    seconds += [lab.random.randrange(1 << 32) for _ in range(80)]
    dates = [Date.of(number) for number in seconds]
    parts = parts_of(dates, DATES_MAX)
    run = lab.run([from_seconds_request(seconds, BUDGET_MS)]
                  + [to_seconds_request(part, BUDGET_MS) for part in parts])
    judge_from_seconds(seconds, run.replies[0])
    for part, reply in zip(parts, run.replies[1:]):
        judge_to_seconds(part, reply)
