/*
 * Memory in which a read too much is noticed.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { COPIES_MAX = 1 << 16 };

static struct {
    uint64_t base;
    const uint8_t *bytes;
    size_t size;
    size_t copy_count;
    void *copies[COPIES_MAX];
} image;

uint8_t *guarded_end(size_t size)
{
    static uint8_t *region;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    if (size > BLOB_MAX)
        abort();
    if (region == NULL) {
        region =
            mmap(NULL, BLOB_MAX + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (region == MAP_FAILED || mprotect(region + BLOB_MAX, page, PROT_NONE) != 0)
            abort();
    }
    return region + BLOB_MAX - size;
}

void image_set(uint64_t base, const void *bytes, size_t size)
{
    image.base = base;
    image.bytes = bytes;
    image.size = size;
}

const void *image_window(uint64_t address, uint64_t size)
{
    if (address < image.base || address - image.base > image.size ||
        size > image.size - (address - image.base) || size == 0)
        return NULL;
    void *copy = malloc(size);
    if (copy == NULL || image.copy_count == COPIES_MAX)
        abort();
    memcpy(copy, image.bytes + (address - image.base), size);
    image.copies[image.copy_count++] = copy;
    return copy;
}

void image_release(void)
{
    while (image.copy_count > 0)
        free(image.copies[--image.copy_count]);
}
