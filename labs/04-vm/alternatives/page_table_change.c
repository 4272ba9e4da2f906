/*
 * Exercise 4.3, another way: a recursion from the root over what a range touches. The first time it
 * only splits, the second time it changes.
 */
#include "cairn/error.h"
#include "page_table/walk.h"

struct work {
    struct page_table *table;
    struct tlb_batch *batch;
    uint64_t first, last;
    unsigned flags;
    bool splitting;
};

static int visit(const struct work *work, mmu_entry *entries, unsigned level, uint64_t base);

static int visit_entry(const struct work *work, mmu_entry *entry, unsigned level, uint64_t base)
{
    uint64_t last = base + (page_level_size(level) - 1);

    if (!mmu_is_present(*entry) || last < work->first || base > work->last)
        return OK;
    if (!mmu_is_table(*entry, level)) {
        if (!work->splitting) {
            page_entry_write(entry, work->flags == 0
                                        ? 0
                                        : page_entry_leaf(mmu_address(*entry), level, work->flags));
            page_table_note(work->batch, base);
            return OK;
        }
        if (base >= work->first && last <= work->last)
            return OK;
        int error = page_table_split(work->table, entry, level, base, work->batch);
        if (error != OK)
            return error;
    }
    return visit(work, page_table_below(*entry), level - 1, base);
}

static int visit(const struct work *work, mmu_entry *entries, unsigned level, uint64_t base)
{
    int error = OK;

    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES && error == OK; i++) {
        uint64_t at = base + i * page_level_size(level);
        /* The upper half of the root's addresses begin with ones. */
        if (level == PAGE_TABLE_ROOT_LEVEL && i >= PAGE_TABLE_ENTRIES / 2)
            at |= UINT64_C(0xffff) << 48;
        error = visit_entry(work, &entries[i], level, at);
    }
    return error;
}

int page_table_change(struct page_table *table, uint64_t virtual, uint64_t size, unsigned flags,
                      struct tlb_batch *batch)
{
    struct work work = {table, batch, virtual, virtual + (size - 1), flags, true};
    int error = visit(&work, page_table_root(table), PAGE_TABLE_ROOT_LEVEL, 0);

    if (error != OK)
        return error;
    work.splitting = false;
    return visit(&work, page_table_root(table), PAGE_TABLE_ROOT_LEVEL, 0);
}
