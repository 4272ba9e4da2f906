/*
 * `pages`: what the page tables say, of one address level by level, or of the kernel's half as a
 * whole.
 */
#include "cairn/error.h"
#include "console/console.h"
#include "monitor/monitor.h"
#include "monitor/size.h"
#include "monitor/words.h"
#include "page_table/page_table.h"
#include "tlb/tlb.h"

#define KERNEL_HALF (UINT64_C(0xffff) << 48)

static const char *const level_sizes[] = {"4 KiB", "2 MiB", "1 GiB"};

/* Prints flags in words, with a space before each. */
static void print_flags(unsigned flags)
{
    static const char *const words[] = {"read", "write", "execute", "user", "device", "combining"};

    for (unsigned i = 0; i < ARRAY_COUNT(words); i++) {
        if ((flags & 1U << i) != 0)
            console_print(" %s", words[i]);
    }
}

/* --- one address --------------------------------------------------------------------------------
 */

/* The root table that an address is looked up in, or NULL. */
static const mmu_entry *root_of(uint64_t virtual)
{
    const struct tlb_space *space = tlb_space_running();

    if (virtual >= KERNEL_HALF)
        return kernel_root;
    return space != NULL ? (const mmu_entry *)physical_pointer(space->root) : NULL;
}

static void print_entry(mmu_entry entry, unsigned level, unsigned index)
{
    console_print("  level %u [%3u]  %016llx  ", level, index, (unsigned long long)entry);
    if (!mmu_is_present(entry)) {
        console_print("not present\n");
    } else if (mmu_is_table(entry, level)) {
        console_print("table at 0x%llx\n", (unsigned long long)mmu_address(entry));
    } else {
        console_print("page of %s at 0x%llx:", level < 3 ? level_sizes[level] : "512 GiB",
                      (unsigned long long)mmu_address(entry));
        print_flags(page_entry_flags(entry, level));
        console_print("\n");
    }
}

static int show_address(uint64_t virtual)
{
    const mmu_entry *entries = root_of(virtual);
    unsigned level = PAGE_TABLE_ROOT_LEVEL;
    mmu_entry entry = 0;

    if (virtual > USER_END + PAGE_SIZE - 1 && virtual < DIRECT_MAP_BASE) {
        console_print("no address: bits 63 to 47 must be the same\n");
        return OK;
    }
    if (entries == NULL) {
        console_print("no user address space is running\n");
        return OK;
    }
    for (;; level--) {
        unsigned index = page_table_index(virtual, level);
        entry = entries[index];
        print_entry(entry, level, index);
        if (!mmu_is_table(entry, level))
            break;
        entries = page_table_below(entry);
    }
    if (mmu_is_present(entry))
        console_print("0x%llx is at physical address 0x%llx\n", (unsigned long long)virtual,
                      (unsigned long long)(mmu_address(entry) + virtual % page_level_size(level)));
    else
        console_print("nothing is mapped at 0x%llx\n", (unsigned long long)virtual);
    return OK;
}

/* --- all of the kernel's half -------------------------------------------------------------------
 */

/* Pages side by side that allow the same. */
struct range {
    uint64_t start;
    uint64_t size;
    unsigned flags;
    uint64_t pages[PAGE_TABLE_ROOT_LEVEL]; /* by level */
};

struct summary {
    struct range range;
    uint64_t tables;
    uint64_t writable_code; /* bytes that can be written and executed */
    unsigned flags;         /* those that any page has */
};

static void print_range(const struct range *range)
{
    if (range->size == 0)
        return;
    console_print("  %016llx - %016llx", (unsigned long long)range->start,
                  (unsigned long long)(range->start + range->size - 1));
    print_size(range->size);
    console_print(" ");
    print_flags(range->flags);
    console_print(";");
    for (unsigned level = PAGE_TABLE_ROOT_LEVEL; level-- > 0;) {
        if (range->pages[level] != 0)
            console_print(" %llu of %s", (unsigned long long)range->pages[level],
                          level_sizes[level]);
    }
    console_print("\n");
}

static void add_page(struct summary *summary, uint64_t virtual, mmu_entry entry, unsigned level)
{
    unsigned flags = page_entry_flags(entry, level);
    struct range *range = &summary->range;

    if (range->size == 0 || virtual != range->start + range->size || flags != range->flags) {
        print_range(range);
        *range = (struct range){.start = virtual, .flags = flags};
    }
    range->size += page_level_size(level);
    range->pages[level]++;
    summary->flags |= flags;
    if ((flags & PAGE_WRITE) != 0 && (flags & PAGE_EXECUTE) != 0)
        summary->writable_code += page_level_size(level);
}

/* Adds what the entries of a table of a level map, from one index on. */
static void add_table(struct summary *summary, const mmu_entry *entries, unsigned first,
                      unsigned level, uint64_t base)
{
    for (unsigned i = first; i < PAGE_TABLE_ENTRIES; i++) {
        uint64_t virtual = base + i * page_level_size(level);
        if (mmu_is_table(entries[i], level)) {
            summary->tables++;
            add_table(summary, page_table_below(entries[i]), 0, level - 1, virtual);
        } else if (mmu_is_present(entries[i]) && level < PAGE_TABLE_ROOT_LEVEL) {
            add_page(summary, virtual, entries[i], level);
        }
    }
}

static int show_summary(void)
{
    struct summary summary = {0};

    add_table(&summary, kernel_root, PAGE_TABLE_ENTRIES / 2, PAGE_TABLE_ROOT_LEVEL, KERNEL_HALF);
    print_range(&summary.range);
    console_print("%llu tables below the root; ", (unsigned long long)summary.tables);
    if (summary.flags == 0) /* the kernel reads its pages: so page_entry_flags() does nothing yet */
        console_print("what they allow can't be told\n");
    else if (summary.writable_code == 0)
        console_print("nothing can be written and executed\n");
    else
        console_print("%llu KiB can be written AND executed\n",
                      (unsigned long long)(summary.writable_code / KIB));
    return OK;
}

static int pages_run(int count, char **words)
{
    uint64_t virtual;

    if (count == 1)
        return show_summary();
    if (count > 2)
        return ERROR_USAGE;
    int error = word_to_number(words[1], &virtual);
    return error == OK ? show_address(virtual) : error;
}

MONITOR_COMMAND(pages)
= {
    .name = "pages",
    .usage = "[ADDRESS]",
    .summary = "show what page tables say of an address, or of all",
    .run = pages_run,
};
