/*
 * Filling objects and red zones, and finding what changed in them. See checked.c.
 *
 * Plain loops over bytes: the functions in lib/string.h would be stopped by the address sanitizer,
 * which forbids everybody else to touch this memory.
 */
#include "heap/checked.h"

#include "log/log.h"

static void fill(char *from, const char *to, uint8_t byte)
{
    while (from < to)
        *from++ = (char)byte;
}

/* The first byte that is not as expected; NULL when all are. */
static const char *find_other(const char *from, const char *to, uint8_t byte)
{
    while (from < to && (uint8_t)*from == byte)
        from++;
    return from < to ? from : NULL;
}

/* FNV-1a (RFC draft-eastlake-fnv, section 2), of 32 bits. */
static uint32_t checksum(const char *from, const char *to)
{
    uint32_t sum = 2166136261u;

    while (from < to)
        sum = (sum ^ (uint8_t)*from++) * 16777619u;
    return sum;
}

/* Where an object and its slot begin and end. */
struct extent {
    char *slot;
    char *object;
    char *object_end; /* of the whole object, whatever was asked for */
    char *slot_end;
};

static struct extent extent_of(const struct checked_record *record)
{
    const struct object_cache *cache = record->slab->cache;
    char *object = checked_object(record);
    char *slot = object - cache->object_start;

    return (struct extent){slot, object, object + cache->size, slot + cache->object_bytes};
}

//@quote [checked-close]
void checked_close(struct checked_record *record)
{
    struct extent extent = extent_of(record);

    record->size = 0;
    fill(extent.slot, extent.object, CHECKED_ZONE);
    if (record->slab->cache->constructor != NULL)
        record->checksum = checksum(extent.object, extent.object_end);
    else
        fill(extent.object, extent.object_end, CHECKED_FREED);
    fill(extent.object_end, extent.slot_end, CHECKED_ZONE);
}
//@quote [checked-close]

void checked_open(struct checked_record *record)
{
    struct extent extent = extent_of(record);
    char *end = extent.object + record->size;

    if (record->slab->cache->constructor == NULL)
        fill(extent.object, end, CHECKED_FRESH);
    fill(end, extent.object_end, CHECKED_ZONE);
}

/* Reports damage. @param byte the first wrong one; NULL when only a checksum tells of it */
static bool report(const struct checked_record *record, const char *what, const char *byte,
                   uint8_t expected)
{
    const struct object_cache *cache = record->slab->cache;
    const char *object = checked_object(record);

    log_error("heap: object %p of cache `%s`, %zu bytes, is damaged: %s", (const void *)object,
              cache->name, record->state == CHECKED_USED ? record->size : cache->size, what);
    if (byte != NULL)
        log_error("  byte %td is 0x%02x and should be 0x%02x", byte - object, (uint8_t)*byte,
                  expected);
    checked_describe(record->slab, object);
    heap_count_mistake();
    return true;
}

/* Looks for damage of an object, whatever its state; if there is some, reports it. */
static bool inspect(const struct checked_record *record)
{
    struct extent extent = extent_of(record);
    bool used = record->state == CHECKED_USED;
    const char *end = used ? extent.object + record->size : extent.object_end;
    const char *late = record->freed_at != 0 ? "it was written after it was freed"
                                             : "it was written before it was allocated";
    const char *byte;

    if ((byte = find_other(extent.slot, extent.object, CHECKED_ZONE)) != NULL)
        return report(record, "the memory before it was written", byte, CHECKED_ZONE);
    if ((byte = find_other(end, extent.slot_end, CHECKED_ZONE)) != NULL)
        return report(record, "it was written past its end", byte, CHECKED_ZONE);
    if (used)
        return false;
    if (record->slab->cache->constructor != NULL)
        return checksum(extent.object, extent.object_end) != record->checksum &&
               report(record, late, NULL, 0);
    byte = find_other(extent.object, extent.object_end, CHECKED_FREED);
    return byte != NULL && report(record, late, byte, CHECKED_FREED);
}

bool checked_verify(struct checked_record *record)
{
    record->damaged = record->damaged || inspect(record);
    return record->damaged;
}
