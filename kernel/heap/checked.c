/*
 * Checked caches: every object is watched. The life of one:
 *
 *            slab made
 *                |
 *                v          allocate: inspected, opened
 *           [  free  ] ----------------------------------> [ used ]
 *                ^                                            |
 *                | leaves the quarantine: inspected           | free: inspected, closed
 *                |                                            v
 *                +---------------------------------------- [ waiting ]
 *
 *           An object that is found damaged when it is free, or is freed, waits for good.
 *
 * An *open* object holds what its user wrote; red zones before it and from its last byte on hold
 * CHECKED_ZONE. A *closed* one holds CHECKED_FREED instead, so that whoever reads it sees nonsense,
 * and whoever writes it is found out by the next inspection: when it leaves the quarantine, when it
 * is allocated, or by heap_check().
 *
 *      open:    | bd bd bd ... | 60 bytes of the user's | bd bd bd bd bd bd ... |
 *      closed:  | bd bd bd ... | dd dd dd ... 64 bytes ... dd dd dd | bd bd ... |
 *
 * Objects with a constructor must stay as they were constructed: their closed form is as the user
 * left them, and a checksum tells whether that changed; which byte did is not known then.
 *
 * The quarantine is one queue for all checked caches. It delays the reuse of freed objects, so that
 * a use after free hits poison and not the next user's data.
 */
#include "heap/checked.h"

#include "boot/boot.h"
#include "cairn/error.h"
#include "init/init.h"
#include "lib/string.h"
#include "log/log.h"

static uint64_t next_serial = 1;

struct checked_record *checked_records(const struct slab *slab)
{
    return (struct checked_record *)align_up((uintptr_t)&slab->next[slab->count],
                                             _Alignof(struct checked_record));
}

static struct checked_record *record_of(const struct slab *slab, const void *object)
{
    size_t index = ((uintptr_t)object - (uintptr_t)slab->objects) / slab->object_bytes;

    return &checked_records(slab)[index];
}

void checked_prepare(struct slab *slab)
{
    struct checked_record *records = checked_records(slab);

    for (size_t i = 0; i < slab->count; i++) {
        records[i] = (struct checked_record){.slab = slab, .state = CHECKED_FREE};
        checked_close(&records[i]);
    }
}

/* Makes a free object its user's; false when it is damaged, and then it is not. */
static bool hand_out(struct object_cache *cache, struct checked_record *record, size_t size,
                     uintptr_t site)
{
    spinlock_acquire(&cache->lock);
    bool good = !checked_verify(record);
    record->state = good ? CHECKED_USED : CHECKED_WAITING;
    if (good) {
        record->size = (uint16_t)size;
        record->allocated_at = site;
        record->serial = __atomic_fetch_add(&next_serial, 1, __ATOMIC_RELAXED);
        checked_open(record);
    }
    spinlock_release(&cache->lock);
    return good;
}

void *checked_allocate(struct object_cache *cache, size_t size, uintptr_t site)
{
    void *slot;

    while ((slot = cache_take_or_shrink(cache)) != NULL) {
        void *object = (char *)slot + cache->object_start;
        if (hand_out(cache, record_of(heap_slab_of(object), object), size, site))
            return object;
    }
    return NULL;
}

bool checked_release(struct slab *slab, void *object, uintptr_t site)
{
    struct checked_record *record = record_of(slab, object);

    spinlock_acquire(&slab->cache->lock);
    bool used = record->state == CHECKED_USED;
    bool known = record->damaged;
    bool damaged = used && checked_verify(record);
    if (used) {
        record->freed_at = site;
        record->state = CHECKED_WAITING;
        checked_close(record);
    }
    spinlock_release(&slab->cache->lock);
    if (used && !damaged)
        quarantine_add(record);
    else if (used && !known)
        caller_log(site);
    return used;
}

void checked_return(struct checked_record *record)
{
    struct slab *slab = record->slab;
    struct object_cache *cache = slab->cache;
    char *object = checked_object(record);

    spinlock_acquire(&cache->lock);
    bool damaged = checked_verify(record);
    record->state = damaged ? CHECKED_WAITING : CHECKED_FREE;
    spinlock_release(&cache->lock);
    /* A damaged object stays used for its slab, which so is never given back. */
    if (!damaged)
        (void)cache_give(cache, slab, object - cache->object_start);
}

void checked_describe(const struct slab *slab, const void *object)
{
    const struct checked_record *record = record_of(slab, object);

    if (record->allocated_at != 0)
        log_error("  allocated as number %llu by %s", (unsigned long long)record->serial,
                  caller_place(record->allocated_at).text);
    if (record->freed_at != 0)
        log_error("  %s by %s", record->state == CHECKED_USED ? "before that, last freed" : "freed",
                  caller_place(record->freed_at).text);
}

size_t checked_waiting(const struct slab *slab)
{
    const struct checked_record *records = checked_records(slab);
    size_t count = 0;

    for (size_t i = 0; i < slab->count; i++)
        count += records[i].state == CHECKED_WAITING;
    return count;
}

uint64_t heap_serial(void)
{
    return __atomic_load_n(&next_serial, __ATOMIC_RELAXED);
}

/* What the command line wants instead. */
static int heap_checker_init(void)
{
    char kind[16];

    if (command_line_option("heap", kind, sizeof(kind)) >= 0) {
        if (string_equal(kind, "checked") || string_equal(kind, "plain"))
            heap_is_checked = kind[0] == 'c';
        else
            log_warning("heap=%s is not understood; it may be checked or plain", kind);
    }
    return OK;
}
INIT_CALL(heap, heap_checker_init);
