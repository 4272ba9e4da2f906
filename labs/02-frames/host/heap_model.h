/**
 * @file
 * The model behind fuzz_heap.c: every piece of memory that is in use, and what is in it.
 */
#pragma once

#include "heap/report.h"
#include "machine.h"

enum { PIECES_MAX = 1 << 13 };

/** A piece of memory in use. */
struct piece {
    char *address;
    size_t size;                /**< Bytes asked for. */
    struct object_cache *cache; /**< What it was asked of; NULL for heap_allocate(). */
    struct object_cache *home;  /**< What it must be of; see home_of(). */
    uint64_t serial;            /**< Of a checked cache: the number of the allocation. */
    uint8_t fill;               /**< What all its bytes are. */
    bool damaged;               /**< Somebody wrote around it. */
};

extern struct piece pieces[PIECES_MAX];
extern size_t piece_count;

/** Constructors fill objects with this, so that it is seen whether they stay constructed. */
#define CONSTRUCTED 0x3c

/** Fills @p count bytes, or checks that they are filled. */
void fill_bytes(char *address, size_t count, uint8_t fill);
void check_bytes(const char *address, size_t count, uint8_t fill);

/** Notes a piece, fills it, and checks what must be so of every piece. */
void add_piece(char *address, size_t size, struct object_cache *cache, uint64_t serial);

/** Forgets a piece; the last one takes its place. */
struct piece remove_piece(size_t index);

/** The piece that begins at an address, or NULL. */
const struct piece *find_piece(const void *address);

/** The heap's cache that serves a size; NULL before its first use. */
struct object_cache *home_of(size_t size);

/** Frees what is at an address, right or wrong; @p cache is NULL for heap_free(). */
void give_back(struct object_cache *cache, void *address);

/** Frees a piece, in which nobody else may have written. */
void free_piece(size_t index);

/** Frees what may not be freed: it must be reported, as @p wrong says. */
void must_be_mistake(struct object_cache *cache, void *address, const char *wrong);

/** Whether all caches are checked, and how many of their objects were ever damaged. */
extern bool checked;
extern size_t damaged_count;

/** Checks that heap_check() finds all that is damaged. */
void check_damage(void);

/** Damages an object, or frees it twice; nothing unless the caches are checked. */
void do_damage(struct bytes *bytes);

/** Checks what heap_leaks() tells since some allocation. */
void list_leaks(struct bytes *bytes);
