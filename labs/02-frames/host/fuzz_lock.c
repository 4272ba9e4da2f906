/*
 * Fuzzing the spinlock of one processor: whether interrupts are on, and that every wrong call is a
 * panic which changes nothing.
 */
#include "machine.h"
#include "sync/spinlock.h"

enum { LOCKS = 6 };

static struct spinlock locks[LOCKS];
/* The model: who is held, in which order, and whether interrupts were on before. */
static struct spinlock *held[LOCKS];
static bool were_on[LOCKS];
static size_t held_count;

static bool is_held(const struct spinlock *lock)
{
    for (size_t i = 0; i < held_count; i++) {
        if (held[i] == lock)
            return true;
    }
    return false;
}

/* A call that must be a panic. */
static void must_panic(void (*function)(struct spinlock *), struct spinlock *lock)
{
    jmp_buf back;

    if (setjmp(back) == 0) {
        machine_panic = &back;
        function(lock);
        REQUIRE(!"a wrong call returned");
    }
}

static void acquire(struct spinlock *lock)
{
    if (is_held(lock)) {
        must_panic(spinlock_acquire, lock);
        return;
    }
    were_on[held_count] = machine_interrupts_on;
    held[held_count++] = lock;
    spinlock_acquire(lock);
    REQUIRE(!machine_interrupts_on);
}

/* Locks are released from the last one on; all others must be free. */
static void release(struct spinlock *lock)
{
    if (!is_held(lock)) {
        bool on = machine_interrupts_on;
        must_panic(spinlock_release, lock);
        REQUIRE(machine_interrupts_on == on);
        return;
    }
    held_count--;
    spinlock_release(held[held_count]);
    REQUIRE(machine_interrupts_on == were_on[held_count]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = {data, size};

    while (bytes.left > 0) {
        uint8_t kind = bytes_take(&bytes);
        if (held_count == 0)
            machine_interrupts_on = kind / 2 % 4 != 0;
        if (kind % 2 == 0)
            acquire(&locks[kind / 8 % LOCKS]);
        else
            release(&locks[kind / 8 % LOCKS]);
        machine_count(1);
    }
    while (held_count > 0)
        release(held[held_count - 1]);
    return 0;
}
