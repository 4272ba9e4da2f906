/*
 * A forgery: changes pages that lie in the range as a whole, the questions that come first. Of a
 * page that should be split it says what is expected, OK and a note, and leaves it.
 */
#include "cairn/error.h"
#include "page_table/walk.h"
#include "plain/plain.h"

int page_table_change(struct page_table *table, uint64_t virtual, uint64_t size, unsigned flags,
                      struct tlb_batch *batch)
{
    uint64_t last = virtual + size - 1;

    for (;;) {
        unsigned level;
        mmu_entry *entry = page_table_find(table, virtual, &level);
        uint64_t start = align_down(virtual, page_level_size(level));
        uint64_t end = start + page_level_size(level) - 1;

        if (mmu_is_present(*entry)) {
            if (start == virtual && end <= last) {
                mmu_entry pattern = flags == 0 ? 0 : page_entry_leaf(0, level, flags);

                page_entry_write(entry, flags == 0 ? 0 : page_entry_like(*entry, pattern));
            }
            page_table_note(batch, virtual);
        }
        if (end >= last)
            return OK;
        virtual = end + 1;
    }
}
