/**
 * @file
 * Magazines (@ref heap): each processor's own stock of free objects of a cache.
 *
 * A magazine is a small stack of objects. Every processor has two of them for each cache, which it
 * touches without a lock. As long as one of the two can serve, the depot, which all processors
 * share, is left alone: with a single magazine, a program that allocates and frees around its end
 * would go to the depot every time.
 *
 *      processor 0           processor 1                     depot
 *     loaded  previous      loaded  previous        full            empty
 *     [###  ] [     ]       [#    ] [#####]     [#####] [#####]     [     ]
 *
 * Source: Bonwick and Adams, Magazines and Vmem, USENIX 2001, section 3.1.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/list.h"
#include "sync/spinlock.h"

/** How many objects fit into a magazine. */
#define MAGAZINE_ROUNDS 14

/** A magazine. */
struct magazine {
    struct list_link link; /**< In one of the depot's lists. */
    size_t rounds;         /**< Objects in it. */
    void *objects[MAGAZINE_ROUNDS];
};

/** A processor's two magazines; either may be NULL while there is no memory for it. */
struct magazine_pair {
    struct magazine *loaded;
    struct magazine *previous;
};

/** What the processors exchange: full and empty magazines. */
struct magazine_depot {
    struct spinlock lock;
    struct list full;  /**< Under the lock. */
    struct list empty; /**< Under the lock. */
};

/**
 * Gets a full magazine for one that is empty.
 * @param empty an empty magazine, which the depot keeps; NULL when there is none
 * @return a full magazine; NULL when the depot has none, and then it does not keep @p empty
 */
struct magazine *depot_exchange_for_full(struct magazine_depot *depot, struct magazine *empty);

/**
 * Gets an empty magazine for one that is full.
 * @param full a full magazine, which the depot keeps; NULL when there is none
 * @return an empty magazine, new when the depot has none; NULL when there is no memory for one, and
 *         then it does not keep @p full
 */
struct magazine *depot_exchange_for_empty(struct magazine_depot *depot, struct magazine *full);

/**
 * Takes an object out of a processor's magazines. *Exercise 2.7*
 *
 * From the loaded one when it has any; else, when the previous one has any, the two change roles
 * first. When both are empty (or NULL), the previous one is exchanged for a full one of the depot,
 * the loaded one becomes the previous one, and the full one the loaded one. Of a magazine, the
 * object that was put in last is taken.
 *
 * @return the object, or NULL when the depot has no full magazine either; nothing has changed then
 *
 * Context: interrupts off, on the processor that the pair belongs to. Takes the depot's lock, by
 * depot_exchange_for_full(), at most once.
 */
void *magazine_take(struct magazine_pair *pair, struct magazine_depot *depot);

/**
 * Puts a free object into a processor's magazines. *Exercise 2.7*
 *
 * Into the loaded one when it has room; else, when the previous one has room, the two change roles
 * first. When neither has room (or is NULL), the previous one is exchanged for an empty one of the
 * depot, the loaded one becomes the previous one, and the empty one the loaded one.
 *
 * @return whether it was put in; if not, nothing has changed, and the object belongs to a slab
 *
 * Context: as above, with depot_exchange_for_empty().
 */
bool magazine_give(struct magazine_pair *pair, struct magazine_depot *depot, void *object);
