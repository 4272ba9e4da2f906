/*
 * Page tables as a whole, and what is not done often. See page_table.h and walk.h.
 */
#include "page_table/page_table.h"

#include "cairn/error.h"
#include "frames/frames.h"
#include "page_table/walk.h"

/* The entries of a root table below this one are the user half's. */
enum { USER_ENTRIES = PAGE_TABLE_ENTRIES / 2 };

struct page_table kernel_page_table;
void (*page_table_watch)(uint64_t virtual);

int page_table_allocate(uint64_t *physical)
{
    static const struct frame_request request = {
        .count = 1, .owner = FRAME_PAGE_TABLE, .zeroed = true};

    return frames_allocate(&request, physical);
}

int page_table_create(struct page_table *table)
{
    int error = page_table_allocate(&table->root);

    if (error != OK)
        return error;
    table->tables = 0;
    table->last_block = PAGE_TABLE_NO_BLOCK;
    page_root_share_kernel(page_table_root(table), kernel_root);
    return OK;
}

/* Frees the tables that the first entries of a table of a level lead to. */
static void tables_free(const mmu_entry *entries, unsigned count, unsigned level)
{
    for (unsigned i = 0; i < count; i++) {
        if (!mmu_is_table(entries[i], level))
            continue;
        tables_free(page_table_below(entries[i]), PAGE_TABLE_ENTRIES, level - 1);
        frame_free(mmu_address(entries[i]));
    }
}

void page_table_destroy(struct page_table *table)
{
    tables_free(page_table_root(table), USER_ENTRIES, PAGE_TABLE_ROOT_LEVEL);
    frame_free(table->root);
    *table = (struct page_table){0};
}

int page_table_split(struct page_table *table, mmu_entry *entry, unsigned level, uint64_t virtual,
                     struct tlb_batch *batch)
{
    mmu_entry whole = *entry;
    uint64_t below;
    int error = page_table_allocate(&below);

    if (error != OK)
        return error;
    table->tables++;
    mmu_entry *parts = (mmu_entry *)physical_pointer(below);
    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i++)
        parts[i] = page_entry_part(whole, level, i);
    page_entry_write(entry, 0);
    tlb_batch_page(batch, virtual);
    tlb_batch_finish(batch);
    page_entry_write(entry, page_entry_table(below));
    tlb_publish_table();
    return OK;
}

int page_table_translate(const struct page_table *table, uint64_t virtual,
                         struct page_mapping *mapping)
{
    unsigned level;
    mmu_entry entry = *page_table_find(table, virtual, &level);

    if (!mmu_is_present(entry))
        return ERROR_NOT_FOUND;
    *mapping = (struct page_mapping){
        .physical = mmu_address(entry) + virtual % page_level_size(level),
        .level = level,
        .flags = page_entry_flags(entry, level),
    };
    return OK;
}
