/**
 * @file
 * Zones: contiguous stretches of chunks of one node. Private to the frame allocator.
 *
 * The life of a chunk:
 *
 *                        buddy_take()                       buddy_take()
 *      CHUNK_BLOCK   <-----------------   in a free   ------------------->   CHUNK_SPLIT
 *      head of an                           block                            a bitmap tells
 *      allocated block ----------------->           <-------------------     which frames are free
 *                        buddy_give()                all 512 free again
 *
 * A split chunk with a free frame is in one of its zone's lists, by its longest free run. When all
 * its frames are free again it goes back.
 *
 * Between a zone and its buddy system stands one *spare* chunk: the first one that comes back alone
 * waits there for the next that is wanted alone. Else whoever takes and frees 2 MiB, or a single
 * frame at a chunk's border, would split and merge blocks all the time. The buddy system gets it
 * back by zone_drain().
 *
 * A chunk of which only a part is memory that may be used (beside the kernel's image, at the end of
 * memory) is split from the start and never goes to the buddy system. One without any such memory
 * is a hole.
 *
 * The life of a frame: free in a block or in a bitmap; free in a processor's stack, where the
 * bitmap says that it is used, but its `struct frame` that nobody owns it; owned. So every free
 * frame is known as free, whatever way it went.
 *
 * A zone's tables lie in its own memory. At start-up only one byte and one bit a chunk are written;
 * all else is written when a chunk is used first, so that start-up takes no longer with more
 * memory.
 */
#pragma once

#include "boot/boot.h"
#include "frames/bitmap.h"
#include "frames/buddy.h"
#include "frames/frames.h"
#include "sync/spinlock.h"

/** No machine that we know needs more. */
#define ZONES_MAX 64

/* What a chunk's byte in `states` says, besides BUDDY_FREE | order. */
#define CHUNK_INSIDE 0x00 /**< Inside of a block, free or allocated. */
#define CHUNK_HOLE   0x10 /**< Nothing of it may be used. */
#define CHUNK_BLOCK  0x20 /**< The first one of an allocated block. */
#define CHUNK_SPLIT  0x40 /**< Given out in frames. */

/** The owner of frames that were never free. */
#define FRAME_RESERVED 0xff

/** Lists of split chunks: list n has those whose longest free run is 2^n to 2^(n+1) - 1 frames. */
#define RUN_LISTS 10
/** In chunk.list: in none of the lists, because nothing is free. */
#define RUN_LIST_NONE RUN_LISTS

/** A place in a zone's tables that stands for none. */
#define NO_CHUNK UINT64_MAX

/** What is known of a chunk; valid while its state is CHUNK_SPLIT or CHUNK_BLOCK. */
struct chunk {
    uint64_t free[CHUNK_WORDS]; /**< Split: its bitmap. */
    uint64_t block_frames;      /**< Block: how many frames were asked for. */
    uint16_t usable;            /**< Split: frames that can be free: 512, or fewer at an edge. */
    uint16_t free_count;        /**< Split: bits set in `free`. */
    uint16_t longest;           /**< Split: the longest run in `free`. */
    uint8_t list;               /**< Split: which of the zone's lists it is in. */
};

/** The binary logarithm of a frame's metadata's size. */
#define FRAME_SIZE_SHIFT 4
_Static_assert(sizeof(struct frame) == 1 << FRAME_SIZE_SHIFT, "one shift finds a frame");

/** What finding a frame in a zone takes; constant after start-up. */
struct frame_table {
    uint64_t base;        /**< Physical address of the first chunk. */
    uint64_t size;        /**< Bytes, holes included. */
    uint8_t *states;      /**< By chunk; written under the zone's lock. */
    struct frame *frames; /**< By frame. */
};

/** A zone. Its chunks are numbered from 0 here; chunk 0 is number `first` of the machine. */
struct zone {
    /* Constant after start-up. */
    struct frame_table table;
    uint64_t first;    /**< Number of the first chunk, from physical address 0. */
    uint64_t count;    /**< Chunks. */
    unsigned node;     /**< Whose memory it is. */
    uint64_t usable;   /**< Frames. */
    uint64_t metadata; /**< Frames that the tables take. */

    struct spinlock lock;
    /* Protected by the lock, which every function that touches them requires. */
    struct chunk *chunks;           /**< By chunk. */
    uint64_t *known;                /**< A bit a chunk: `frames` is valid. */
    struct buddy buddy;             /**< The free blocks. */
    struct list partial[RUN_LISTS]; /**< Split chunks, linked by buddy.links. */
    uint64_t split_free;            /**< Free frames in split chunks. */
    uint64_t spare;                 /**< A free chunk that the buddy system doesn't have. */
};

extern struct zone zones[ZONES_MAX];
extern size_t zone_count;

/** The zone that has the chunk of a physical address, or NULL. */
struct zone *zone_find(uint64_t physical);

/** By node asking: all zones in the order in which they are asked, NULL. Constant later on. */
extern struct zone *zone_orders[BOOT_NODES][ZONES_MAX + 1];

/** A physical address's chunk, numbered within its zone. */
static inline uint64_t zone_chunk(const struct zone *zone, uint64_t physical)
{
    return (physical >> CHUNK_SHIFT) - zone->first;
}

/** The metadata of the frame that lies @p offset bytes, a multiple of PAGE_SIZE, after the base. */
static inline struct frame *table_frame(const struct frame_table *table, uint64_t offset)
{
    return (struct frame *)(void *)((char *)table->frames +
                                    (offset >> (PAGE_SHIFT - FRAME_SIZE_SHIFT)));
}

/** What is known about a frame of the zone; valid when its chunk is split or known. */
static inline struct frame *zone_frame(const struct zone *zone, uint64_t physical)
{
    return table_frame(&zone->table, physical - zone->table.base);
}

/** Whether a frame is reserved: part of a hole, or of a split chunk but never free. */
static inline bool zone_is_reserved(const struct zone *zone, uint64_t physical)
{
    uint8_t state = zone->table.states[zone_chunk(zone, physical)];

    return state == CHUNK_HOLE ||
           (state == CHUNK_SPLIT && zone_frame(zone, physical)->owner == FRAME_RESERVED);
}

/** The physical address of a frame of a chunk. */
static inline uint64_t zone_address(const struct zone *zone, uint64_t chunk, size_t frame)
{
    return ((zone->first + chunk) << CHUNK_SHIFT) + frame * PAGE_SIZE;
}

/** A frame's number in its chunk. */
static inline size_t chunk_frame(uint64_t physical)
{
    return (physical & (CHUNK_SIZE - 1)) >> PAGE_SHIFT;
}

/* --- chunk.c: one split chunk ------------------------------------------------------------------
 */

/** Makes the frames' metadata of a chunk valid, once: nobody owns them. */
void chunk_know(struct zone *zone, uint64_t chunk) REQUIRES(zone->lock);

/** Makes a chunk that is not in the buddy system split, without a free frame. */
void chunk_split(struct zone *zone, uint64_t chunk) REQUIRES(zone->lock);

/**
 * Marks [first, first + count) of a split chunk as free or used; chunk_settle() must follow.
 * @return whether all of it was used, or free, before; if not, nothing has changed
 */
bool chunk_mark(struct zone *zone, uint64_t chunk, size_t first, size_t count, bool free)
    REQUIRES(zone->lock);

/** Takes up to @p count single frames of a split chunk. @return how many were stored */
size_t chunk_take_frames(struct zone *zone, uint64_t chunk, uint64_t *frames, size_t count)
    REQUIRES(zone->lock);

/**
 * Gives the first ones of @p count single frames back, as many as lie in a split chunk; those that
 * are free already, or somebody's, are left out. @return how many that were; chunk_settle() must
 * follow
 */
size_t chunk_give_frames(struct zone *zone, uint64_t chunk, const uint64_t *frames, size_t count)
    REQUIRES(zone->lock);

/** Puts a chunk where it belongs after frames of it were taken or given. */
void chunk_settle(struct zone *zone, uint64_t chunk) REQUIRES(zone->lock);

/* --- zone_run.c: frames and runs within chunks -------------------------------------------------
 */

/** Takes up to @p count single frames. @return how many were stored at @p frames */
size_t zone_take_frames(struct zone *zone, uint64_t *frames, size_t count) EXCLUDES(zone->lock);

/**
 * Gives the first ones of @p count single frames back, as many as are of this zone; those that
 * can't be right are left out. @return how many that were
 */
size_t zone_give_frames(struct zone *zone, const uint64_t *frames, size_t count)
    EXCLUDES(zone->lock);

/** Takes 1 to 511 contiguous frames, aligned to a power of two up to CHUNK_FRAMES. */
int zone_take_run(struct zone *zone, size_t count, size_t alignment, uint64_t *physical)
    REQUIRES(zone->lock);

/* --- zone_block.c: whole chunks ----------------------------------------------------------------
 */

/** Gives chunks to the buddy system by a function of it, in the largest blocks possible. */
void zone_cut_blocks(struct zone *zone, uint64_t chunk, uint64_t count,
                     void (*give)(struct buddy *buddy, uint64_t number, unsigned order))
    REQUIRES(zone->lock);

/** Takes a block of 2^order chunks out of the buddy system. @return OK or an error */
int zone_take_chunks(struct zone *zone, unsigned order, uint64_t *chunk) REQUIRES(zone->lock);

/** Gives any number of chunks back; one alone may become the spare. */
void zone_give_chunks(struct zone *zone, uint64_t chunk, uint64_t count) REQUIRES(zone->lock);

/** Takes frames that begin at a multiple of @p alignment chunks: a block, or a run of one chunk. */
int zone_take_block(struct zone *zone, uint64_t frames, uint64_t alignment, uint64_t *physical)
    REQUIRES(zone->lock);

/** Gives an allocated block back. */
void zone_give_block(struct zone *zone, uint64_t chunk) REQUIRES(zone->lock);

/** Gives a zone's spare chunk back to the buddy system. */
void zone_drain(struct zone *zone) EXCLUDES(zone->lock);

/* --- zone_tables.c: where the tables lie, and their first contents -------------------------------
 */

/**
 * Makes [base, end), which lies in one chunk and was never free, free. The chunk is split if it
 * isn't yet; then all the rest of it is reserved.
 */
void zone_add_frames(struct zone *zone, uint64_t base, uint64_t end) REQUIRES(zone->lock);

/** Usable memory of one node: [base, end), whole frames. */
struct memory_piece {
    uint64_t base;
    uint64_t end;
    unsigned node;
};

/** The bytes of @p count pieces. */
uint64_t zone_usable(const struct memory_piece *pieces, size_t count);

/** Whether the tables of a zone with these pieces are within the budget, and fit into a piece. */
bool zone_tables_fit(const struct memory_piece *pieces, size_t count);

/**
 * Fills in a new zone that has the given pieces, in rising order.
 * @return OK, or ERROR_NO_SPACE when its tables would take too much of it
 */
int zone_lay_out(struct zone *zone, const struct memory_piece *pieces, size_t count);

/* --- mistake.c: finding and reporting callers' mistakes ---------------------------------------
 */

/** As a count: whatever was allocated together. */
#define ANY_COUNT 0

/**
 * Finds what was allocated at @p physical, or reports why nothing was.
 * @param count how many frames the caller says there are, or ANY_COUNT
 * @param caller the called function's frame pointer
 * @return the zone, locked; or NULL after a report
 */
struct zone *frames_lock_allocation(const char *function, uint64_t physical, uint64_t count,
                                    uintptr_t caller);

/** Counts a mistake and reports it. @param frame the called function's frame pointer */
void frames_report(const char *function, const char *wrong, uint64_t physical, uint64_t count,
                   uintptr_t frame);

/* --- frames.c ----------------------------------------------------------------------------------
 */

/**
 * Notes that an exercise's function answered what can't be; only the first time is logged. The
 * caller goes on as if there were no memory, so that one wrong function doesn't hide the others.
 * @return ERROR_NO_MEMORY
 */
int frames_distrust(const char *function, uint64_t value);

/** Frees what was allocated at @p physical, with frames_lock_allocation(). */
void frames_free_at(const char *function, uint64_t physical, uint64_t count, uintptr_t caller);
