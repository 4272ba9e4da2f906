/*
 * Exercise 4.2: ranges of memory are mapped. The contract is in page_table.h; steps through the
 * tables are in walk.h.
 */
#include "cairn/error.h"
#include "page_table/walk.h"
#include "plain/plain.h"

//@exercise 4.2 Map a range
/* Entries side by side, not present, of the level that suits the beginning of a range. */
struct run {
    mmu_entry *entries;
    unsigned level;
    uint64_t count;
};

/* The highest level, at most `level`, whose pages fit at addresses and within size. */
static unsigned fitting_level(uint64_t addresses, uint64_t size, unsigned level)
{
    while (level > 0 && (addresses % page_level_size(level) != 0 || size < page_level_size(level)))
        level--;
    return level;
}

/* Finds the run at the beginning of a range. */
static int run_find(struct page_table *table, uint64_t virtual, uint64_t physical, uint64_t size,
                    unsigned largest, struct run *run)
{
    unsigned level;
    mmu_entry *entry = page_table_find(table, virtual, &level);

    if (mmu_is_present(*entry))
        return ERROR_EXISTS;
    run->level = fitting_level(virtual | physical, size, level < largest ? level : largest);
    if (run->level < level) {
        int error = page_table_reach(table, virtual, run->level, &entry);
        if (error != OK)
            return error;
    }
    uint64_t room = PAGE_TABLE_ENTRIES - page_table_index(virtual, run->level);
    uint64_t wanted = size / page_level_size(run->level);
    if (room > wanted)
        room = wanted;
    run->entries = entry;
    run->count = 1;
    while (run->count < room && !mmu_is_present(entry[run->count]))
        run->count++;
    return OK;
}

/* Maps a run. */
static void run_write(const struct run *run, uint64_t virtual, uint64_t physical, unsigned flags)
{
    uint64_t size = page_level_size(run->level);

    for (uint64_t i = 0; i < run->count; i++)
        page_entry_publish(&run->entries[i],
                           page_entry_leaf(physical + i * size, run->level, flags),
                           virtual + i * size);
}

int page_table_map(struct page_table *table, uint64_t virtual, uint64_t physical, uint64_t size,
                   unsigned flags, unsigned largest)
{
    struct run run;
    uint64_t step;

    /* First all that can fail: afterwards every entry is there, and not present. */
    for (uint64_t done = 0; done < size; done += step) {
        int error = run_find(table, virtual + done, physical + done, size - done, largest, &run);
        if (error != OK)
            return error;
        step = run.count * page_level_size(run.level);
    }
    for (uint64_t done = 0; done < size; done += step) {
        if (step < size)
            (void)run_find(table, virtual + done, physical + done, size - done, largest, &run);
        run_write(&run, virtual + done, physical + done, flags);
        step = run.count * page_level_size(run.level);
    }
    return OK;
}
//@stub
// int page_table_map(struct page_table *table, uint64_t virtual, uint64_t physical, uint64_t size,
//                    unsigned flags, unsigned largest)
// {
//     (void)table;
//     (void)virtual;
//     (void)physical;
//     (void)size;
//     (void)flags;
//     (void)largest;
//     todo("4.2");
//     return ERROR_NOT_IMPLEMENTED;
// }
//@end
