/*
 * `spaces`: address spaces to play with. One can map memory, touch it, clone the space, touch it
 * again, and see what became of the pages.
 */
#include "address_space/address_space.h"
#include "console/console.h"
#include "lib/string.h"
#include "monitor/monitor.h"
#include "monitor/size.h"
#include "monitor/words.h"
#include "trap/trap.h"
#include "user_memory/user_memory.h"

enum { SPACES_MAX = 8 };

/* They are numbered from 1 on. */
static struct address_space *spaces[SPACES_MAX];

/* What is known of a region's pages. */
struct pages {
    uint64_t resident; /* have a frame */
    uint64_t shared;   /* have one that another object has too */
    uint64_t mapped;   /* are in the page tables */
    uint64_t writable; /* can be written without a fault */
};

/* --- looking ------------------------------------------------------------------------------------
 */

static void count_mapping(struct address_space *space, uint64_t address, struct pages *pages)
{
    struct page_mapping mapping;

    spinlock_acquire(&space->table_lock);
    bool found = page_table_translate(&space->table, address, &mapping) == OK;
    spinlock_release(&space->table_lock);
    pages->mapped += found;
    pages->writable += found && (mapping.flags & PAGE_WRITE) != 0;
}

static void count_pages(struct address_space *space, const struct region *region,
                        struct pages *pages)
{
    struct memory_object *object = region->object;
    uint64_t size = page_level_size(object->page_level);
    uint64_t first = region->offset / size;
    uint64_t end = first + (region->end - region->start) / size;

    spinlock_acquire(&object->lock);
    for (uint64_t page = page_index_next(&object->index, first, end); page < end;
         page = page_index_next(&object->index, page + 1, end)) {
        pages->resident++;
        pages->shared += object_frame_is_shared(page_index_get(&object->index, page));
        count_mapping(space, region->start + (page - first) * size, pages);
    }
    spinlock_release(&object->lock);
}

static void show_region(struct address_space *space, const struct region *region)
{
    struct pages pages = {0};

    if (region->object != NULL && region->object->kind == MEMORY_OBJECT_ANONYMOUS)
        count_pages(space, region, &pages);
    console_print("  %#018llx", (unsigned long long)region->start);
    print_size(region->end - region->start);
    console_print("   %c%c%c %-8s %8llu %8llu %8llu %8llu\n",
                  (region->flags & PAGE_READ) != 0 ? 'r' : '-',
                  (region->flags & PAGE_WRITE) != 0 ? 'w' : '-',
                  (region->flags & PAGE_EXECUTE) != 0 ? 'x' : '-',
                  (region->flags & REGION_PRIVATE) != 0 ? "private" : "shared",
                  (unsigned long long)pages.resident, (unsigned long long)pages.shared,
                  (unsigned long long)pages.mapped, (unsigned long long)pages.writable);
}

static int show_all(void)
{
    uint64_t promised, limit;
    struct region region;

    memory_commitment(&promised, &limit);
    console_print("%llu of %llu KiB promised\n", (unsigned long long)(promised * PAGE_SIZE / KIB),
                  (unsigned long long)(limit * PAGE_SIZE / KIB));
    for (size_t i = 0; i < SPACES_MAX; i++) {
        if (spaces[i] == NULL)
            continue;
        console_print("space %zu; regions: %zu, page tables: %llu\n", i + 1,
                      spaces[i]->regions.count, (unsigned long long)spaces[i]->table.tables + 1);
        console_print("  %-18s %12s   %-13s%8s %8s %8s %8s\n", "start", "size", "rights",
                      "resident", "shared", "mapped", "writable");
        for (uint64_t at = 0; address_space_region(spaces[i], at, &region) == OK; at = region.end)
            show_region(spaces[i], &region);
    }
    return OK;
}

/* --- doing --------------------------------------------------------------------------------------
 */

/* A free number, or SPACES_MAX. */
static size_t free_number(void)
{
    size_t number = 0;

    while (number < SPACES_MAX && spaces[number] != NULL)
        number++;
    return number;
}

/* Makes a space, or a clone of one. */
static int add_space(struct address_space *original)
{
    size_t number = free_number();

    if (number == SPACES_MAX)
        return ERROR_NO_SPACE;
    int error = original == NULL ? address_space_create(&spaces[number])
                                 : address_space_clone(original, &spaces[number]);
    if (error == OK)
        console_print("space %zu\n", number + 1);
    return error;
}

static int map(struct address_space *space, uint64_t size)
{
    const struct map_request request = {.size = size,
                                        .flags = PAGE_READ | PAGE_WRITE | REGION_PRIVATE};
    uint64_t address;
    int error = address_space_map(space, &request, &address);

    if (error == OK)
        console_print("%#llx\n", (unsigned long long)address);
    return error;
}

/* Reads a byte of user memory, and adds 1 to it when `write`. */
static int touch(struct address_space *space, uint64_t address, bool write)
{
    USER unsigned char *pointer = (USER unsigned char *)(uintptr_t)address;
    uint64_t faults = trap_count(TRAP_MEMORY);
    unsigned char byte = 0;

    address_space_switch(space);
    int error = user_copy_in(&byte, pointer, 1);
    byte = (unsigned char)(byte + write);
    if (error == OK && write)
        error = user_copy_out(pointer, &byte, 1);
    address_space_switch(NULL);
    if (error == OK)
        console_print("%u; faults: %llu\n", byte,
                      (unsigned long long)(trap_count(TRAP_MEMORY) - faults));
    return error;
}

static int end(size_t number)
{
    address_space_release(spaces[number]);
    spaces[number] = NULL;
    return OK;
}

static int spaces_run(int count, char **words)
{
    uint64_t number = 0, value = 0;

    if (count == 1)
        return show_all();
    if (count == 2 && string_equal(words[1], "new"))
        return add_space(NULL);
    if (count < 3 || word_to_number(words[2], &number) != OK ||
        (count > 3 && word_to_number(words[3], &value) != OK))
        return ERROR_USAGE;
    if (number - 1 >= SPACES_MAX || spaces[number - 1] == NULL)
        return ERROR_NOT_FOUND;
    if (count == 3 && string_equal(words[1], "clone"))
        return add_space(spaces[number - 1]);
    if (count == 3 && string_equal(words[1], "end"))
        return end(number - 1);
    if (count == 4 && string_equal(words[1], "map"))
        return map(spaces[number - 1], value);
    if (count == 4 && (string_equal(words[1], "read") || string_equal(words[1], "write")))
        return touch(spaces[number - 1], value, string_equal(words[1], "write"));
    if (count == 4 && string_equal(words[1], "unmap"))
        return address_space_unmap(spaces[number - 1], value, PAGE_SIZE);
    return ERROR_USAGE;
}

static const char *spaces_complete(int count, size_t index)
{
    static const char *const words[] = {"clone", "end", "map", "new", "read", "unmap", "write"};

    return count == 1 && index < ARRAY_COUNT(words) ? words[index] : NULL;
}

MONITOR_COMMAND(spaces)
= {
    .name = "spaces",
    .usage = "[new | map N BYTES | read N ADDRESS | write N ADDRESS | unmap N ADDRESS | clone N | "
             "end N]",
    .summary = "show address spaces, or make and touch them",
    .run = spaces_run,
    .complete = spaces_complete,
};
