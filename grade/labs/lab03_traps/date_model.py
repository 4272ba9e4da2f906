"""The model of kernel/clock/clock.h's calendar: Python's datetime."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from struct import pack, unpack
from typing import NamedTuple, TypeVar

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.errors import CODES, OK, name
from labs.lab01_boot.facts import data, numbers, signed
from labs.lab01_boot.teaching import differs

OUT_OF_RANGE = CODES["ERROR_OUT_OF_RANGE"]
EPOCH = datetime(1970, 1, 1)
# kernel/probe/probe_date.c, and what a line of the protocol holds
DATES_MAX, SECONDS_MAX = 160, 480
UNTOUCHED = 0xa5a5_a5a5_a5a5_a5a5


class Date(NamedTuple):
    """A date, or what pretends to be one."""

    year: int
    month: int = 1
    day: int = 1
    hour: int = 0
    minute: int = 0
    second: int = 0

    @classmethod
    def of(cls, seconds: int) -> Date:
        """So many seconds after 1970."""
        return cls(*(EPOCH + timedelta(seconds=seconds)).timetuple()[:6])

    @property
    def seconds(self) -> int | None:
        """Since 1970; None when there is no such date."""
        try:
            passed = datetime(*self) - EPOCH
        except (ValueError, OverflowError):
            return None
        seconds = passed.days * 86400 + passed.seconds
        return seconds if seconds >= 0 else None

    def __str__(self) -> str:
        return (f"{self.year:04}-{self.month:02}-{self.day:02} "
                f"{self.hour:02}:{self.minute:02}:{self.second:02}")


Item = TypeVar("Item")

LAST = Date(9999, 12, 31, 23, 59, 59)
LAST_SECOND = LAST.seconds or 0


def parts_of(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """The same items in pieces that fit a request."""
    return [items[start:start + size] for start in range(0, len(items), size)]


def to_seconds_request(dates: Sequence[Date], budget_ms: int) -> Request:
    """Asks for the seconds of dates."""
    word = hexbytes(b"".join(pack("<6I", *date) for date in dates))
    return request("date.to_seconds", word, budget_ms=budget_ms).titled(
        f"count the seconds of {len(dates)} dates, {dates[0]} to {dates[-1]}")


def judge_to_seconds(dates: Sequence[Date], reply: Reply) -> None:
    """Every date is counted, or refused when there is none."""
    answers = zip(dates, numbers(reply, "results"), numbers(reply, "seconds"), strict=True)
    for date, result, came in answers:
        asked = f"date_to_seconds() of {date}"
        wanted = date.seconds
        expected = OK if wanted is not None else OUT_OF_RANGE
        if signed(result) != expected:
            differs(asked, name(expected), name(signed(result)))
        if wanted is None and came != UNTOUCHED:
            differs(asked, "ERROR_OUT_OF_RANGE, and `seconds` unchanged", f"{came} in it")
        if wanted is not None and came != wanted:
            differs(asked, f"{wanted} seconds", f"{came} seconds",
                    f"{(came - wanted) / 86400:+g} days")


def from_seconds_request(seconds: Sequence[int], budget_ms: int) -> Request:
    """Asks for the dates of seconds."""
    word = hexbytes(pack(f"<{len(seconds)}Q", *seconds))
    return request("date.from_seconds", word, budget_ms=budget_ms).titled(
        f"find the dates of {len(seconds)} numbers of seconds, {seconds[0]} to {seconds[-1]}")


def judge_from_seconds(seconds: Sequence[int], reply: Reply) -> None:
    """Every number of seconds has its date."""
    came = data(reply, "dates")
    for index, number in enumerate(seconds):
        date = Date(*unpack("<6I", came[24 * index:24 * index + 24]))
        if date != Date.of(number):
            differs(f"date_from_seconds({number})", str(Date.of(number)), str(date))
