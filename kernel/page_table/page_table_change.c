/*
 * Exercise 4.3: what is mapped is changed, or taken away. The contract is in page_table.h; steps
 * through the tables are in walk.h.
 */
#include "cairn/error.h"
#include "page_table/walk.h"
#include "plain/plain.h"

//@exercise 4.3 Change a range
/* A place in a table. */
struct place {
    mmu_entry *entry;
    unsigned level;
};

/* Finds the place for an address. What is mapped there is split until a page begins there. */
static int split_at(struct page_table *table, uint64_t virtual, struct tlb_batch *batch,
                    struct place *place)
{
    int error = OK;

    while (error == OK) {
        place->entry = page_table_find(table, virtual, &place->level);
        if (virtual % page_level_size(place->level) == 0 || !mmu_is_present(*place->entry))
            break;
        error = page_table_split(table, place->entry, place->level, virtual, batch);
    }
    return error;
}

/*
 * Changes the pages from a place on, to the end of its table or of the range, or to an entry that
 * leads further down. Returns the address behind them.
 */
static uint64_t change_run(struct place place, uint64_t virtual, uint64_t last, unsigned flags,
                           struct tlb_batch *batch)
{
    uint64_t size = page_level_size(place.level);
    mmu_entry pattern = flags == 0 ? 0 : page_entry_leaf(0, place.level, flags);
    uint64_t left = PAGE_TABLE_ENTRIES - page_table_index(virtual, place.level);

    virtual = align_down(virtual, size);
    do {
        if (mmu_is_present(*place.entry)) {
            page_entry_write(place.entry, flags == 0 ? 0 : page_entry_like(*place.entry, pattern));
            page_table_note(batch, virtual);
        }
        place.entry++;
        virtual += size;
        left--;
    } while (left > 0 && virtual - 1 < last && !mmu_is_table(*place.entry, place.level));
    return virtual;
}

int page_table_change(struct page_table *table, uint64_t virtual, uint64_t size, unsigned flags,
                      struct tlb_batch *batch)
{
    uint64_t last = virtual + size - 1;
    struct place place, behind;
    int error = split_at(table, virtual, batch, &place);
    bool one_table = place.level == 0 && (virtual ^ last) < page_level_size(1);

    /* Small pages that are in one table end where the range ends. */
    if (error == OK && !one_table) {
        error = split_at(table, last + 1, batch, &behind);
        place.entry = page_table_find(table, virtual, &place.level);
    }
    if (error != OK)
        return error;
    for (;;) {
        virtual = change_run(place, virtual, last, flags, batch);
        if (virtual - 1 >= last)
            return OK;
        place.entry = page_table_find(table, virtual, &place.level);
    }
}
//@stub
// int page_table_change(struct page_table *table, uint64_t virtual, uint64_t size, unsigned flags,
//                       struct tlb_batch *batch)
// {
//     (void)table;
//     (void)virtual;
//     (void)size;
//     (void)flags;
//     (void)batch;
//     todo("4.3");
//     return ERROR_NOT_IMPLEMENTED;
// }
//@end
