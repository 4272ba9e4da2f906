/*
 * Sizes for people: see size.h.
 */
#include "monitor/size.h"

#include "console/console.h"
#include "lib/util.h"

void print_size(uint64_t bytes)
{
    static const char *const units[] = {"B  ", "KiB", "MiB", "GiB", "TiB"};
    unsigned unit = 0;

    while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < ARRAY_COUNT(units)) {
        bytes /= 1024;
        unit++;
    }
    console_print("%9llu %s", (unsigned long long)bytes, units[unit]);
}
