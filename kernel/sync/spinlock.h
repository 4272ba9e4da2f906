/**
 * @file
 * @defgroup spinlock Spinlocks
 * A lock for a few instructions' work, taken with interrupts off.
 *
 * While there is one processor, masking interrupts is all that is needed, and a lock that is found
 * taken is a bug: its holder would never run again. So taking a held lock panics.
 *
 * May be taken in any context. The holder must not sleep, and releases locks in reverse order.
 * @{
 */
#pragma once

#include <stdbool.h>

#include "sync/annotations.h"

/** A spinlock; all zero is a free one. */
struct LOCK_TYPE("spinlock") spinlock {
    const char *name;
    bool held;
    bool interrupts_were_on; /**< What release restores. */
};

/** A free lock with a name for reports. */
#define SPINLOCK(text)                                                                             \
    {                                                                                              \
        .name = (text)                                                                             \
    }

/** Masks interrupts on this processor and takes @p lock. */
void spinlock_acquire(struct spinlock *lock) ACQUIRES(*lock);

/** Gives @p lock up and restores interrupts as they were when it was taken. */
void spinlock_release(struct spinlock *lock) RELEASES(*lock);

/**
 * Takes @p lock while another one is held, which has masked interrupts already: for what every
 * page fault takes.
 */
void spinlock_acquire_inner(struct spinlock *lock) ACQUIRES(*lock);

/** Gives up what spinlock_acquire_inner() took. Interrupts stay as they are. */
void spinlock_release_inner(struct spinlock *lock) RELEASES(*lock);

/** @} */
