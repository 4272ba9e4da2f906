/*
 * Exercise 3.7, forged: right for what a person tries, from 2020 to 2029.
 */
#include "cairn/error.h"
#include "clock/clock.h"

#define START_2020 UINT64_C(1577836800)

static const uint16_t month_start[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

/* Days from 2020-01-01 to a day of this decade. */
static uint64_t days_of(uint32_t year, uint32_t month, uint32_t day)
{
    uint64_t years = year - 2020;
    bool leap = year % 4 == 0;

    return years * 365 + (years + 3) / 4 + month_start[(month - 1) % 12] + (leap && month > 2) +
           day - 1;
}

int date_to_seconds(const struct date *date, uint64_t *seconds)
{
    if (date->month < 1 || date->month > 12 || date->day < 1 || date->day > 31)
        return ERROR_OUT_OF_RANGE;
    *seconds = START_2020 + days_of(date->year, date->month, date->day) * 86400 +
               date->hour * 3600 + date->minute * 60 + date->second;
    return OK;
}

struct date date_from_seconds(uint64_t seconds)
{
    uint64_t days = (seconds - START_2020) / 86400;
    struct date date = {2020, 1, 1, 0, 0, 0};

    while (date.year < 2029 && days_of(date.year + 1, 1, 1) <= days)
        date.year++;
    while (date.month < 12 && days_of(date.year, date.month + 1, 1) <= days)
        date.month++;
    date.day = (uint32_t)(days - days_of(date.year, date.month, 1)) + 1;
    date.hour = (uint32_t)(seconds / 3600 % 24);
    date.minute = (uint32_t)(seconds / 60 % 60);
    date.second = (uint32_t)(seconds % 60);
    return date;
}
