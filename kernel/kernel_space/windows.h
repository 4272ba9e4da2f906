/*
 * The windows of the kernel's half from which ranges are given out; private to kernel_space.h.
 */
#pragma once

#include "frames/frames.h"
#include "kernel_space/kernel_space.h"
#include "region/region.h"
#include "sync/spinlock.h"
#include "tlb/tlb.h"

/** As much as one entry of a root table leads to. */
#define WINDOW_SIZE (512 * GIB)

/** A window: one entry of the root table, so that all address spaces share what is below it. */
struct window {
    uint64_t base;
    uint64_t first;   /**< Where ranges begin: a random place in the window's first half. */
    bool guard_below; /**< The guard page is below a range, not behind it. */
    struct region_tree ranges; /**< With their guard pages. */
    uint64_t used;             /**< Bytes of them. */
};

enum window_name { WINDOW_HEAP, WINDOW_STACKS, WINDOW_DEVICES, WINDOWS };

extern struct window windows[WINDOWS];

/** Guards the windows and the kernel's half of the tables. */
extern struct spinlock kernel_space_lock;

/** Whether the kernel runs on tables that the walker can change. Constant after start-up. */
bool kernel_space_is_ready(void);

/**
 * Reserves a range of addresses in a window; nothing is mapped there yet.
 * @param size whole pages, without the guard
 * @param[out] start of the range, behind its guard if that is below
 * @return OK; ERROR_NO_SPACE; ERROR_NO_MEMORY; ERROR_NOT_IMPLEMENTED
 */
int window_take(struct window *window, uint64_t size, uint64_t alignment, uint64_t *start)
    REQUIRES(kernel_space_lock);

/** The bytes of the range that begins at @p start, without its guard; 0 when there is none. */
uint64_t window_range(const struct window *window, uint64_t start) REQUIRES(kernel_space_lock);

/** Gives the range that begins at @p start back. Nothing is mapped there any more. */
void window_give(struct window *window, uint64_t start) REQUIRES(kernel_space_lock);

/**
 * Says on the log that a wrong address was given to @p function.
 * @param what there is none of there: "range" or "mapping"
 * @param frame the function's frame pointer
 */
void window_report(const char *function, uint64_t address, const char *what, uintptr_t frame);
