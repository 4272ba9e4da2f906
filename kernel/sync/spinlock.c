/*
 * Spinlocks for one processor. Lab 05 replaces this file's code by one that spins.
 */
#include "sync/spinlock.h"

#include "arch/cpu.h"
#include "panic/panic.h"

void spinlock_acquire_inner(struct spinlock *lock) NO_LOCK_ANALYSIS
{
    if (lock->held)
        PANIC_WITH("a spinlock is taken twice", {"lock", (uintptr_t)lock});
    lock->held = true;
}

void spinlock_release_inner(struct spinlock *lock) NO_LOCK_ANALYSIS
{
    if (!lock->held)
        PANIC_WITH("a free spinlock is released", {"lock", (uintptr_t)lock});
    lock->held = false;
}

void spinlock_acquire(struct spinlock *lock) NO_LOCK_ANALYSIS
{
    bool interrupts_were_on = cpu_interrupts_disable();

    spinlock_acquire_inner(lock);
    lock->interrupts_were_on = interrupts_were_on;
}

void spinlock_release(struct spinlock *lock) NO_LOCK_ANALYSIS
{
    bool interrupts_were_on = lock->interrupts_were_on;

    spinlock_release_inner(lock);
    cpu_interrupts_restore(interrupts_were_on);
}
