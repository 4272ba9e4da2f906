/*
 * The quarantine: freed objects wait here before they may be allocated again. First in, first out.
 */
#include "cairn/error.h"
#include "heap/checked.h"

/** So many objects may wait, and so many bytes. */
#define QUARANTINE_OBJECTS 512
#define QUARANTINE_BYTES   (256 * KIB)

static struct spinlock quarantine_lock = SPINLOCK("heap quarantine");
static struct list waiting GUARDED_BY(quarantine_lock) = LIST(waiting);
static size_t waiting_objects GUARDED_BY(quarantine_lock);
static size_t waiting_bytes GUARDED_BY(quarantine_lock);

static void remove(struct checked_record *record) REQUIRES(quarantine_lock)
{
    list_remove(&record->link);
    waiting_objects--;
    waiting_bytes -= record->slab->object_bytes;
}

/* The one that has waited longest, when there are too many; NULL when there is room for all. */
static struct checked_record *take_surplus(void)
{
    struct checked_record *record = NULL;

    spinlock_acquire(&quarantine_lock);
    if (waiting_objects > QUARANTINE_OBJECTS || waiting_bytes > QUARANTINE_BYTES) {
        record = list_first(&waiting, checked_record, link);
        remove(record);
    }
    spinlock_release(&quarantine_lock);
    return record;
}

void quarantine_add(struct checked_record *record)
{
    spinlock_acquire(&quarantine_lock);
    list_add_last(&waiting, &record->link);
    waiting_objects++;
    waiting_bytes += record->slab->object_bytes;
    spinlock_release(&quarantine_lock);
    while ((record = take_surplus()) != NULL)
        checked_return(record);
}

/* The first one of the cache; NULL when there is none. */
static struct checked_record *take_of(const struct object_cache *cache)
{
    struct checked_record *found = NULL;

    spinlock_acquire(&quarantine_lock);
    LIST_FOR_EACH (checked_record, record, &waiting, link) {
        if (cache == NULL || record->slab->cache == cache) {
            found = record;
            break;
        }
    }
    if (found != NULL)
        remove(found);
    spinlock_release(&quarantine_lock);
    return found;
}

void quarantine_drain(const struct object_cache *cache)
{
    struct checked_record *record;

    while ((record = take_of(cache)) != NULL)
        checked_return(record);
}
