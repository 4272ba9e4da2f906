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

static bool damaged(const struct extent *extent, const char *byte, uint8_t expected,
                    const char *what, struct checked_damage *damage)
{
    if (byte == NULL)
        return false;
    *damage = (struct checked_damage){what, byte - extent->object, (uint8_t)*byte, expected, true};
    return true;
}

bool checked_inspect(const struct checked_record *record, struct checked_damage *damage)
{
    struct extent extent = extent_of(record);
    bool used = record->state == CHECKED_USED;
    const char *end = used ? extent.object + record->size : extent.object_end;

    if (damaged(&extent, find_other(extent.slot, extent.object, CHECKED_ZONE), CHECKED_ZONE,
                "the memory before it was written", damage) ||
        damaged(&extent, find_other(end, extent.slot_end, CHECKED_ZONE), CHECKED_ZONE,
                "it was written past its end", damage))
        return true;
    if (used)
        return false;
    const char *late = record->freed_at != 0 ? "it was written after it was freed"
                                             : "it was written before it was allocated";
    if (record->slab->cache->constructor == NULL)
        return damaged(&extent, find_other(extent.object, extent.object_end, CHECKED_FREED),
                       CHECKED_FREED, late, damage);
    *damage = (struct checked_damage){.what = late};
    return checksum(extent.object, extent.object_end) != record->checksum;
}

void checked_describe(const struct checked_record *record)
{
    if (record->allocated_at != 0)
        log_error("  allocated as number %llu by %s", (unsigned long long)record->serial,
                  caller_place(record->allocated_at).text);
    if (record->freed_at != 0)
        log_error("  %s by %s", record->state == CHECKED_USED ? "before that, last freed" : "freed",
                  caller_place(record->freed_at).text);
}

static void report(const struct checked_record *record, const struct checked_damage *damage)
{
    const struct object_cache *cache = record->slab->cache;
    size_t size = record->state == CHECKED_USED ? record->size : cache->size;

    log_error("heap: object %p of cache `%s`, %zu bytes, is damaged: %s",
              (void *)checked_object(record), cache->name, size, damage->what);
    if (damage->exact)
        log_error("  byte %td is %#04x and should be %#04x", damage->offset, damage->found,
                  damage->expected);
    checked_describe(record);
    heap_count_mistake();
}

bool checked_verify(struct checked_record *record)
{
    struct checked_damage damage;

    if (record->damaged)
        return true;
    record->damaged = checked_inspect(record, &damage);
    if (record->damaged)
        report(record, &damage);
    return record->damaged;
}
