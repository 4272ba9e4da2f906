/**
 * @file
 * Objects under watch (@ref heap). Private.
 *
 * The functions are in the files checked*.c, which release builds don't have: they are called for
 * caches for which cache_is_checked(), and there are none there.
 *
 * About each object of a checked cache there is a record in its slab's descriptor, away from the
 * object, so that an overrun doesn't destroy what is known of it.
 */
#pragma once

#include "heap/cache.h"

/** Where an object is in its life. */
enum checked_state {
    CHECKED_FREE,    /**< In the slab. */
    CHECKED_USED,    /**< Its user's. */
    CHECKED_WAITING, /**< Freed, in quarantine; for good, when it is damaged. */
};

/** What is known of an object. */
struct checked_record {
    struct list_link link; /**< In the quarantine, while it waits; guarded by that one's lock. */
    struct slab *slab;

    /* Guarded by the cache's lock. */
    uintptr_t allocated_at; /**< A return address; 0 before the first allocation. */
    uintptr_t freed_at;     /**< Likewise, of the last free. */
    uint64_t serial;        /**< The number of the last allocation. */
    uint32_t checksum;      /**< Of a free object that was constructed. */
    uint16_t size;          /**< Bytes asked for. */
    uint8_t state;          /**< An enum checked_state. */
    bool damaged;           /**< It was reported. */
};

/** What memory is filled with: what was never written by a user, what was freed, red zones. */
#define CHECKED_FRESH 0xcd
#define CHECKED_FREED 0xdd
#define CHECKED_ZONE  0xbd

/** What is around an object at the least. */
#define CHECKED_RED_ZONE 16

/** The records of a slab, by index of the object. */
struct checked_record *checked_records(const struct slab *slab);

/** The object that a record is about. */
static inline char *checked_object(const struct checked_record *record)
{
    const struct slab *slab = record->slab;
    size_t index = (size_t)(record - checked_records(slab));

    return slab->objects + index * slab->object_bytes + slab->cache->object_start;
}

/** Closes an object: fills it and all around it; @p record->size is 0. */
void checked_close(struct checked_record *record);

/** Opens a closed object for @p record->size bytes. */
void checked_open(struct checked_record *record);

/** Inspects an object in any state, and reports what is new. @return whether it is damaged */
bool checked_verify(struct checked_record *record);

/** Makes the records of a new slab, whose objects are constructed and nothing else set. */
void checked_prepare(struct slab *slab);

/** The checked way of cache_allocate(), for one that was called from @p site. */
void *checked_allocate(struct object_cache *cache, size_t size, uintptr_t site);

/** Frees an object. @return false when it is free already */
bool checked_release(struct slab *slab, void *object, uintptr_t site);

/** Writes who allocated and who freed an object to the log. */
void checked_describe(const struct slab *slab, const void *object);

/** Freed objects of the slab that are kept from use. The caller holds the cache's lock. */
size_t checked_waiting(const struct slab *slab);

/** Puts a freed object to the end of the quarantine, and lets others go when there are too many. */
void quarantine_add(struct checked_record *record);

/** Gives objects in quarantine back to their slabs: those of @p cache; NULL means all. */
void quarantine_drain(const struct object_cache *cache);

/** Takes an object whose time in quarantine is over. The caller holds no lock. */
void checked_return(struct checked_record *record);
