/**
 * @file
 * Slabs (@ref heap): runs of frames that are cut into objects of one size.
 *
 *        slab->objects
 *        |
 *        v
 *        | object 0 | object 1 | object 2 | object 3 | object 4 |
 *
 *        first_free = 3        next[] = { USED, 4, USED, 1, END }
 *
 * Which objects are free is told outside of them, by index, so that a free object keeps what its
 * constructor made of it: first_free is the first free one's index, next[] the one's after it.
 *
 * A cache's slabs are in three lists: those with free and used objects, those without a free one,
 * and those without a used one.
 *
 * All functions: any context; the caller holds the lock of the cache.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/list.h"

struct object_cache;

/** The most objects in one slab. */
#define SLAB_OBJECTS_MAX 512

/** In next[]: the object is in use. */
#define SLAB_USED 0xffff
/** In next[] and first_free: no further free object. */
#define SLAB_END 0xfffe

/** One slab. */
struct slab {
    struct list_link link;      /**< In the list of slab_set that fits its objects. */
    struct object_cache *cache; /**< Whose it is. */
    char *objects;              /**< The first object. */
    uint32_t object_bytes;      /**< From one object to the next. */
    uint16_t count;             /**< Objects in all, 1 to SLAB_OBJECTS_MAX. */
    uint16_t used;              /**< Of them in use. */
    uint16_t first_free;        /**< An index, or SLAB_END. */
    uint16_t next[];            /**< By index: a free object's next one, SLAB_END or SLAB_USED. */
};

/** The slabs of one cache. */
struct slab_set {
    struct list partial; /**< With free and used objects. */
    struct list full;    /**< Without a free object. */
    struct list empty;   /**< Without a used object. */
    size_t empty_count;
};

/**
 * Makes all objects of a new slab free, in rising order, and puts it first into the list of empty
 * ones. *Exercise 2.6*
 * @param slab everything but link, used, first_free and next is set
 */
void slab_add(struct slab_set *set, struct slab *slab);

/**
 * Takes a free object. *Exercise 2.6*
 *
 * It comes from the first partial slab; when there is none, from the first empty one. Of a slab,
 * the object that is first_free is taken. A slab that changes its kind moves to the front of the
 * list that fits it.
 *
 * @return the object, or NULL when no slab has a free one
 */
void *slab_take(struct slab_set *set);

/**
 * Puts an object back; it becomes its slab's first_free. *Exercise 2.6*
 *
 * The slab moves as in slab_take(). Nothing is changed when the object can't be right.
 *
 * @param slab the slab in whose frames @p object lies
 * @return OK; ERROR_FAULT when @p object is not the first byte of one of the slab's objects;
 *         ERROR_NOT_FOUND when that object is free already
 */
int slab_give(struct slab_set *set, struct slab *slab, void *object);
