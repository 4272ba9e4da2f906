/*
 * The quarantine: freed objects wait here before they may be allocated again. First in, first out.
 */
#include "heap/checked.h"

/** So many objects may wait, and so many bytes. */
#define QUARANTINE_OBJECTS 512
#define QUARANTINE_BYTES   (256 * KIB)

static struct spinlock quarantine_lock = SPINLOCK("heap quarantine");
static struct list waiting GUARDED_BY(quarantine_lock) = LIST(waiting);
static size_t waiting_objects GUARDED_BY(quarantine_lock);
static size_t waiting_bytes GUARDED_BY(quarantine_lock);

/* The one of a cache (NULL: of any) that has waited longest, if all must go or too many wait. */
static struct checked_record *take(const struct object_cache *cache, bool all)
{
    struct checked_record *found = NULL;

    spinlock_acquire(&quarantine_lock);
    if (all || waiting_objects > QUARANTINE_OBJECTS || waiting_bytes > QUARANTINE_BYTES) {
        LIST_FOR_EACH (checked_record, record, &waiting, link) {
            if (cache == NULL || record->slab->cache == cache) {
                found = record;
                list_remove(&record->link);
                waiting_objects--;
                waiting_bytes -= record->slab->object_bytes;
                break;
            }
        }
    }
    spinlock_release(&quarantine_lock);
    return found;
}

void quarantine_add(struct checked_record *record)
{
    spinlock_acquire(&quarantine_lock);
    list_add_last(&waiting, &record->link);
    waiting_objects++;
    waiting_bytes += record->slab->object_bytes;
    spinlock_release(&quarantine_lock);
    while ((record = take(NULL, false)) != NULL)
        checked_return(record);
}

void quarantine_drain(const struct object_cache *cache)
{
    struct checked_record *record;

    while ((record = take(cache, true)) != NULL)
        checked_return(record);
}
