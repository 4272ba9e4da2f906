/*
 * Fuzzing the memory map: the input is ranges of a base, a size (8 bytes each) and a kind (1 byte).
 * The result must be in order.
 */
#include <stdlib.h>
#include <string.h>

#include "../tables/harness.h"

enum { RANGE_BYTES = 17 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct memory_map in, out;

    in.count = 0;
    for (; size >= RANGE_BYTES && in.count < BOOT_MEMORY_RANGES; size -= RANGE_BYTES) {
        struct memory_range *range = &in.ranges[in.count++];
        memcpy(&range->base, bytes, sizeof(range->base));
        memcpy(&range->size, bytes + 8, sizeof(range->size));
        range->kind = (enum memory_kind)(bytes[16] % MEMORY_KINDS);
        bytes += RANGE_BYTES;
    }
    if (memory_map_normalise(&in, &out) != 0)
        return 0;
    for (size_t i = 0; i < out.count; i++) {
        const struct memory_range *range = &out.ranges[i];
        if (range->size == 0 || (range->base | range->size) % PAGE_SIZE != 0 ||
            range->base + range->size < range->base)
            abort();
        if (i > 0 && range->base < range[-1].base + range[-1].size)
            abort();
    }
    return 0;
}
