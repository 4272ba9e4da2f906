/*
 * Exercise 4.2, wrong: pages are mapped as their tables are found, and taken back on failure, when
 * a processor may have seen them.
 */
#include "cairn/error.h"
#include "page_table/walk.h"

static int map_first(struct page_table *table, uint64_t virtual, uint64_t physical, uint64_t size,
                     unsigned flags, unsigned largest, uint64_t *step)
{
    unsigned level;
    mmu_entry *entry = page_table_find(table, virtual, &level);

    if (mmu_is_present(*entry))
        return ERROR_EXISTS;
    if (level > largest)
        level = largest;
    while (((virtual | physical) & (page_level_size(level) - 1)) != 0 ||
           size < page_level_size(level))
        level--;
    int error = page_table_reach(table, virtual, level, &entry);
    if (error != OK)
        return error;
    page_entry_publish(entry, page_entry_leaf(physical, level, flags), virtual);
    *step = page_level_size(level);
    return OK;
}

int page_table_map(struct page_table *table, uint64_t virtual, uint64_t physical, uint64_t size,
                   unsigned flags, unsigned largest)
{
    uint64_t done = 0;
    uint64_t step;
    int error = OK;

    for (; error == OK && done < size; done += error == OK ? step : 0)
        error =
            map_first(table, virtual + done, physical + done, size - done, flags, largest, &step);
    for (uint64_t at = 0; error != OK && at < done; at += step) {
        unsigned level;
        page_entry_write(page_table_find(table, virtual + at, &level), 0);
        step = page_level_size(level);
    }
    return error;
}
