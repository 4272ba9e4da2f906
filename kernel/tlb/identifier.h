/**
 * @file
 * Address-space identifiers (@ref tlb): few numbers for many address spaces.
 *
 * Identifiers are given out in *generations*. A holder's identifier counts only while its
 * generation is the pool's. When all are given out, a new generation begins: every processor will
 * forget all translations before it uses an identifier of the new one, and only the address spaces
 * that run at that moment keep theirs. The others get one when they run again.
 *
 *      generation 7:  1 A   2 B   3 C          all given out; B runs; D needs one
 *      generation 8:  1 D   2 B                A and C have none now
 *
 * Source: the scheme of Linux for AArch64, described in its arch/arm64/mm/context.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Identifiers that any processor tells apart. */
enum { IDENTIFIERS_MAX = 65536 };

/** Who wants an identifier: part of an address space. */
struct identifier_holder {
    uint64_t generation; /**< 0 before it ever had one, and when it was dropped. */
    uint16_t identifier;
};

/** All identifiers. 0 is never given out: it stands for "no address space". */
struct identifier_pool {
    uint32_t count;      /**< Identifiers, 0 included; more than twice the processors. */
    uint32_t next;       /**< Where the search for a free one begins: 1 to count - 1. */
    uint64_t generation; /**< From 1 on. */
    size_t processor_count;
    /** By processor: whose tables it runs with, or NULL. */
    struct identifier_holder **running;
    /** By processor: it must forget everything before it runs with other tables. */
    bool *must_flush;
    /** Bit i % 64 of word i / 64: i is given out. Bit 0, and bits past `count`, mean nothing. */
    uint64_t *used;
};

/** The pool that address spaces get theirs from; `count` is 0 where there are no identifiers. */
extern struct identifier_pool tlb_pool;

/**
 * Gives @p holder an identifier of the pool's generation. *Exercise 4.5*
 *
 * A holder that has one keeps it. Otherwise the next free one is given out, in rising order from
 * `next` on, then from 1 on; `next` moves behind it. When none is free, a new generation begins:
 * all are free except those of the `running` holders whose identifier was of the ending generation;
 * these holders move into the new one with what they have; every processor's `must_flush` is set;
 * the search begins at 1.
 *
 * @param pool its lock is held by the caller
 * @param holder afterwards of the pool's generation
 * @return whether a new generation began
 */
bool identifier_assign(struct identifier_pool *pool, struct identifier_holder *holder);
