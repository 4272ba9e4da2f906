/**
 * @file
 * @defgroup frames Frames
 * Physical memory, given out in frames of 4 KiB.
 *
 *      frame_allocate()                      frames_allocate()
 *            |                                 |          |
 *     a stack of frames                  2 to 511     512 and more
 *     of each processor                        |          |
 *     (frame_cache.h, 2.4)                     |          |
 *            |  in batches                     v          |
 *            +------------------> the chunk's bitmap      |
 *                                 of 512 frames           |
 *                                 (bitmap.h, 2.1)         |
 *                                              |  whole chunks of 2 MiB
 *                                              v          v
 *                                     buddy system of blocks of chunks
 *                                     (buddy.h, 2.2 and 2.3)
 *
 * Memory is divided into *zones*: contiguous stretches that belong to one NUMA node and lie wholly
 * below or above 4 GiB. A request is served from its own node first, then from the others by their
 * distance (node_order.h, 2.5); within a node from memory above 4 GiB first, so that devices that
 * address 32 bits find some below.
 *
 * Every frame of memory has a `struct frame` that tells what it is used for. It is valid from the
 * frame's first use on: what has never been used costs nothing at start-up.
 *
 * A mistake of the caller (a frame freed twice, or never allocated, or with the wrong count) is
 * reported on the log with the caller's backtrace, counted, and otherwise has no effect.
 *
 * Any context, interrupts included; nothing here sleeps. Takes the zones' locks.
 * @{
 */
#pragma once

#include "lib/util.h"

/** A chunk: what the large pages of all three architectures map. */
#define CHUNK_SHIFT  21
#define CHUNK_SIZE   (UINT64_C(1) << CHUNK_SHIFT)
#define CHUNK_FRAMES (CHUNK_SIZE / PAGE_SIZE)

/** Memory below this address is what devices with 32 address bits reach. */
#define FRAMES_LOW_END (4 * GIB)

/** What a frame is used for. */
enum frame_owner {
    FRAME_FREE,
    FRAME_KERNEL,        /**< The kernel, for anything that has no word of its own. */
    FRAME_HEAP,          /**< A slab of the kernel heap. */
    FRAME_STACK,         /**< A kernel stack. */
    FRAME_PAGE_TABLE,    /**< A page table. */
    FRAME_MEMORY_OBJECT, /**< Memory of user programs. */
    FRAME_OWNERS
};

/** What is known about one frame in use. Of frames allocated together, the first one speaks. */
struct frame {
    uint32_t references; /**< How often it is referred to; 1 after the allocation. Atomic. */
    uint16_t count;      /**< Frames allocated together; 0 for all but the first, and for 512 up. */
    uint8_t owner;       /**< An enum frame_owner; FRAME_FREE when it is not in use. */
    uint8_t reserved;
    void *owner_data; /**< Belongs to the owner; NULL after the allocation. */
};

/** What is asked for. All zero but for `count` and `owner` is the common case. */
struct frame_request {
    size_t count;           /**< Frames, contiguous; from CHUNK_FRAMES on rounded up to chunks. */
    uint64_t alignment;     /**< In bytes, a power of two; 0 and less than a page mean one page. */
    enum frame_owner owner; /**< Not FRAME_FREE. */
    bool low;               /**< Only memory below FRAMES_LOW_END. */
    bool zeroed;            /**< Filled with zeros; else the contents are anything. */
    bool only_node;         /**< Only from `node`, instead of from the others when it has none. */
    bool has_node;          /**< `node` counts; else it is the running processor's. */
    unsigned node;          /**< A NUMA node, below boot_info.node_count. */
};

/**
 * Allocates frames.
 * @param request what is wanted
 * @param[out] physical the first frame's address, unchanged on failure
 * @return OK; ERROR_INVALID_ARGUMENT for a request that makes no sense (no frames, no owner, an
 *         alignment that is no power of two, no such node); ERROR_NO_MEMORY
 */
int frames_allocate(const struct frame_request *request, uint64_t *physical);

/**
 * Frees frames that were allocated together, all at once, whatever their count of references.
 * @param physical what frames_allocate() gave
 * @param count what was asked for
 */
void frames_free(uint64_t physical, size_t count);

/** Allocates one frame of the running processor's node, the fast way. @return OK or an error */
int frame_allocate(enum frame_owner owner, uint64_t *physical);

/** Frees one frame, the fast way, whatever its count of references. */
void frame_free(uint64_t physical);

/** The frame at a physical address, aligned to pages. @return NULL when it is none of ours */
struct frame *frame_at(uint64_t physical);

/** Adds a reference to a frame in use. */
void frame_reference(uint64_t physical);

/** Takes a reference away; the last one frees the frame (or all that were allocated with it). */
void frame_release(uint64_t physical);

/** The NUMA node of the running processor. */
unsigned frames_local_node(void);

/**
 * A promise of frames: what is in it can be taken by code that must not fail.
 *
 * Filled where failure is still allowed, emptied where it is not. Belongs to its user, who also
 * sees to locking.
 */
struct frame_reserve {
    size_t count;
    uint64_t frames[16];
};

/**
 * Sees to it that @p reserve holds at least @p count frames, at most 16.
 * @return OK, or ERROR_NO_MEMORY with what was there before; ERROR_INVALID_ARGUMENT
 */
int frame_reserve_fill(struct frame_reserve *reserve, size_t count);

/** Takes one frame out of a reserve that holds some; never fails. */
uint64_t frame_reserve_take(struct frame_reserve *reserve, enum frame_owner owner);

/** Frees what is left in @p reserve. */
void frame_reserve_empty(struct frame_reserve *reserve);

/**
 * Makes memory free that the allocator knows as reserved, such as that of start-up's code.
 * @param base,end whole frames, which nobody uses any more
 * @return how many frames became free; others, and those that no zone has, stay as they are
 */
uint64_t frames_adopt(uint64_t base, uint64_t end);

/** Gives the frames in the processors' stacks and the zones' spare chunks back to the buddies. */
void frames_drain(void);

/** How a node's memory is used; all in frames. */
struct frame_statistics {
    uint64_t usable;   /**< All that is managed. */
    uint64_t free;     /**< In chunks and blocks. */
    uint64_t cached;   /**< In the processors' stacks; free too, and not part of `free`. */
    uint64_t metadata; /**< Taken for the allocator's own tables; not part of `usable`. */
    uint64_t owned[FRAME_OWNERS]; /**< In use, by owner. */
    uint64_t free_blocks[32];     /**< Free blocks of 2^n chunks. */
    uint64_t partial_chunks;      /**< Chunks with free and used frames. */
};

/** All frames that are managed, of all nodes. */
uint64_t frames_usable(void);

/** Adds up the zones of @p node. @return OK, or ERROR_NOT_FOUND */
int frames_count(unsigned node, struct frame_statistics *statistics);

/** How many mistakes of callers were reported since the start. */
uint64_t frames_mistakes(void);

/**
 * Whether the grader wants the allocation that begins now to fail, which then counts as one: asked
 * by those whose memory comes from elsewhere at last. Never true but in grading builds.
 */
bool frames_shall_fail(void);

/** @} */
