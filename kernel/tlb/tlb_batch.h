/**
 * @file
 * @defgroup tlb Translation look-aside buffers
 * Forgetting old translations, before the memory behind them gets a new use.
 *
 * Processors remember translations. Whoever changes or removes a page notes it in a *batch*, and
 * gives the frames that must not be used any more to the same batch. tlb_batch_finish() makes all
 * processors that may know the pages forget them, and only then gives the frames back:
 *
 *      tlb_batch_page(a)   tlb_batch_page(b)   tlb_batch_free(f)   tlb_batch_finish()
 *            |                   |                   |                  |
 *            +------ noted ------+------- held ------+        flush a, b; release f
 *
 * A batch belongs to its user, who holds the lock of the tables until it is finished.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** From so many pages on, forgetting everything of an address space is cheaper. */
enum { TLB_BATCH_PAGES = 32 };
/** So many frames can be held back. */
enum { TLB_BATCH_FRAMES = 64 };

//@quote [tlb-batch]
/** How one kind of translations is forgotten, on every processor that may know them. */
struct tlb_flusher {
    /** Forgets @p count pages, each named by any address in it. */
    void (*pages)(void *context, const uint64_t *pages, size_t count);
    /** Forgets all pages of the address space. */
    void (*everything)(void *context);
    /** Gives a frame back. */
    void (*release)(void *context, uint64_t physical);
};
//@quote [tlb-batch]

/** What has been changed and not forgotten yet. */
struct tlb_batch {
    const struct tlb_flusher *flusher;
    void *context;      /**< For the flusher's calls. */
    size_t page_count;  /**< In `pages`. */
    bool everything;    /**< More pages than fit were noted: `pages` does not count any more. */
    size_t frame_count; /**< In `frames`. */
    uint64_t pages[TLB_BATCH_PAGES];
    uint64_t frames[TLB_BATCH_FRAMES];
};

/** Begins an empty batch. */
static inline void tlb_batch_begin(struct tlb_batch *batch, const struct tlb_flusher *flusher,
                                   void *context)
{
    batch->flusher = flusher;
    batch->context = context;
    batch->page_count = 0;
    batch->everything = false;
    batch->frame_count = 0;
}

/**
 * Notes that the page at @p virtual, of any size, was changed or taken away. *Exercise 4.4*
 *
 * The first TLB_BATCH_PAGES pages are kept in the order of the calls; one more, and the batch means
 * everything. Calls nothing of the flusher.
 */
void tlb_batch_page(struct tlb_batch *batch, uint64_t virtual);

/**
 * Gives a frame to the batch, to be released when no processor can reach it any more.
 * *Exercise 4.4*
 *
 * When TLB_BATCH_FRAMES frames are held already, what has been noted is forgotten and those are
 * released at once, to make room.
 */
void tlb_batch_free(struct tlb_batch *batch, uint64_t physical);

/**
 * Forgets what was noted, if anything, by one call of the flusher; then releases all frames, in the
 * order in which they were given. *Exercise 4.4*
 *
 * Frames alone, without a noted page, need no flush. The batch is empty before the first frame is
 * released, so that release() may use it again, for what is to be forgotten and released later. The
 * same goes when tlb_batch_free() makes room.
 */
void tlb_batch_finish(struct tlb_batch *batch);

/** @} */
