/*
 * What the probe space.run tells of address spaces. See probe_space.h.
 */
#include "address_map/address_map.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "probe/probe_space.h"

enum { WINDOW_PAGES = 8 };

static unsigned char window[WINDOW_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));

uint64_t probe_space_window(void)
{
    return (uintptr_t)window - image_virtual_offset;
}

/* What four bits become. */
static uint32_t half_bytes[16];

static void prepare_checksum(void)
{
    for (uint32_t i = 0; i < ARRAY_COUNT(half_bytes); i++) {
        half_bytes[i] = i;
        for (unsigned bit = 0; bit < 4; bit++)
            half_bytes[i] = half_bytes[i] >> 1 ^ (UINT32_C(0xedb88320) & -(half_bytes[i] & 1));
    }
}

static uint32_t checksum(uint32_t sum, const void *data, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)data;

    if (half_bytes[1] == 0)
        prepare_checksum();
    sum = ~sum;
    while (size-- > 0) {
        sum ^= *bytes++;
        sum = sum >> 4 ^ half_bytes[sum & 15];
        sum = sum >> 4 ^ half_bytes[sum & 15];
    }
    return ~sum;
}

void probe_space_report_bytes(const struct probe_space *probe, const unsigned char *bytes,
                              size_t size)
{
    probe_fact(probe->request, "bytes", checksum(0, bytes, size));
}

int probe_space_report_regions(const struct probe_space *probe, struct address_space *space)
{
    uint64_t address = 0;
    struct region region;
    int count = 0;

    for (; address_space_region(space, address, &region) == OK; address = region.end) {
        uint64_t numbers[] = {region.start, region.end, region.flags, region.offset,
                              (uintptr_t)region.object};
        probe_fact_list(probe->request, "region", numbers, ARRAY_COUNT(numbers));
        count++;
    }
    return count;
}

int probe_space_report_mapping(const struct probe_space *probe, struct address_space *space,
                               uint64_t address)
{
    struct page_mapping mapping;

    spinlock_acquire(&space->table_lock);
    int error = page_table_translate(&space->table, address, &mapping);
    spinlock_release(&space->table_lock);
    if (error == OK) {
        uint64_t numbers[] = {mapping.physical, mapping.level, mapping.flags};
        probe_fact_list(probe->request, "mapping", numbers, ARRAY_COUNT(numbers));
    }
    return error;
}

void probe_space_report_use(const struct probe_space *probe)
{
    uint64_t objects = 0, tables = 0, free = 0, promised, limit;
    struct frame_statistics node;

    frames_drain();
    for (unsigned i = 0; frames_count(i, &node) == OK; i++) {
        objects += node.owned[FRAME_MEMORY_OBJECT];
        tables += node.owned[FRAME_PAGE_TABLE];
        free += node.free + node.cached;
    }
    memory_commitment(&promised, &limit);
    uint64_t numbers[] = {objects, tables, free, promised, limit};
    probe_fact_list(probe->request, "use", numbers, ARRAY_COUNT(numbers));
}

uint64_t probe_space_checksum(struct address_space *space)
{
    uint64_t address = 0;
    struct region region;
    uint32_t sum = 0;

    for (; space != NULL && address_space_region(space, address, &region) == OK;
         address = region.end) {
        uint64_t numbers[] = {region.start, region.end, region.flags, region.offset,
                              (uintptr_t)region.object};
        sum = checksum(sum, numbers, sizeof(numbers));
    }
    return sum;
}
