/*
 * Exercise 3.7, another way: years that begin in March, so that the leap day is the last of all,
 * and eras of 400 years, which are all alike. After Howard Hinnant, "chrono-Compatible Low-Level
 * Date Algorithms".
 */
#include "cairn/error.h"
#include "clock/clock.h"

enum {
    DAY = 86400,
    ERA_YEARS = 400,
    ERA_DAYS = 146097,
    CENTURY_DAYS = 36524,
    EPOCH_DAYS = 719468, /* from 0000-03-01 to 1970-01-01 */
};

static uint32_t day_of_year(uint32_t march_month)
{
    return (153 * march_month + 2) / 5;
}

static uint64_t days_of(uint32_t year, uint32_t month, uint32_t day)
{
    uint32_t march_month = (month + 9) % 12;

    year -= month <= 2;
    uint64_t of_era = year % ERA_YEARS;
    return (uint64_t)(year / ERA_YEARS) * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 +
           day_of_year(march_month) + day - 1 - EPOCH_DAYS;
}

struct date date_from_seconds(uint64_t seconds)
{
    uint32_t rest = (uint32_t)(seconds % DAY);
    uint64_t days = seconds / DAY + EPOCH_DAYS;
    uint64_t era = days / ERA_DAYS;
    uint32_t of_era = (uint32_t)(days % ERA_DAYS);
    uint32_t year =
        (of_era - of_era / 1460 + of_era / CENTURY_DAYS - of_era / (ERA_DAYS - 1)) / 365;
    uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
    uint32_t march_month = (5 * of_year + 2) / 153;
    uint32_t month = march_month < 10 ? march_month + 3 : march_month - 9;

    return (struct date){
        .year = (uint32_t)(era * ERA_YEARS) + year + (month <= 2),
        .month = month,
        .day = of_year - day_of_year(march_month) + 1,
        .hour = rest / 3600,
        .minute = rest % 3600 / 60,
        .second = rest % 60,
    };
}

int date_to_seconds(const struct date *date, uint64_t *seconds)
{
    if (date->year - 1970 > 9999 - 1970 || date->month - 1 > 11 || date->day - 1 > 30 ||
        date->hour > 23 || date->minute > 59 || date->second > 59)
        return ERROR_OUT_OF_RANGE;
    uint64_t midnight = days_of(date->year, date->month, date->day) * DAY;
    struct date back = date_from_seconds(midnight);
    if (back.month != date->month) /* a day that its month doesn't have */
        return ERROR_OUT_OF_RANGE;
    *seconds = midnight + date->hour * 3600 + date->minute * 60 + date->second;
    return OK;
}
