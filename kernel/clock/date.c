/*
 * Exercise 3.7: dates. The contracts are in clock.h.
 */
#include "cairn/error.h"
#include "clock/clock.h"
#include "plain/plain.h"

//@exercise 3.7 Read the calendar
enum { FIRST_YEAR = 1970, LAST_YEAR = 9999, DAY_SECONDS = 86400 };

static bool is_leap(uint32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static uint32_t days_in_month(uint32_t year, uint32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1 January of the year 0 to that of a year. */
static uint64_t days_before_year(uint32_t year)
{
    uint64_t past = year - 1;

    return past * 365 + past / 4 - past / 100 + past / 400;
}

int date_to_seconds(const struct date *date, uint64_t *seconds)
{
    if (date->year < FIRST_YEAR || date->year > LAST_YEAR || date->month < 1 || date->month > 12 ||
        date->day < 1 || date->day > days_in_month(date->year, date->month) || date->hour > 23 ||
        date->minute > 59 || date->second > 59)
        return ERROR_OUT_OF_RANGE;
    uint64_t days = days_before_year(date->year) - days_before_year(FIRST_YEAR);
    for (uint32_t month = 1; month < date->month; month++)
        days += days_in_month(date->year, month);
    days += date->day - 1;
    *seconds = days * DAY_SECONDS + date->hour * UINT64_C(3600) + date->minute * UINT64_C(60) +
               date->second;
    return OK;
}

struct date date_from_seconds(uint64_t seconds)
{
    uint64_t days = seconds / DAY_SECONDS + days_before_year(FIRST_YEAR);
    uint32_t rest = (uint32_t)(seconds % DAY_SECONDS);
    struct date date = {
        .year = (uint32_t)(days / 366) + 1,
        .month = 1,
        .hour = rest / 3600,
        .minute = rest / 60 % 60,
        .second = rest % 60,
    };

    while (days_before_year(date.year + 1) <= days)
        date.year++;
    days -= days_before_year(date.year);
    while (days >= days_in_month(date.year, date.month))
        days -= days_in_month(date.year, date.month++);
    date.day = (uint32_t)days + 1;
    return date;
}
//@stub
// int date_to_seconds(const struct date *date, uint64_t *seconds)
// {
//     (void)date;
//     (void)seconds;
//     todo("3.7");
//     return ERROR_NOT_IMPLEMENTED;
// }
//
// struct date date_from_seconds(uint64_t seconds)
// {
//     (void)seconds;
//     todo("3.7");
//     return (struct date){.year = 1970, .month = 1, .day = 1};
// }
//@end
