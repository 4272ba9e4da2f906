/*
 * Which address space a processor runs with, by which identifier, and how its pages are forgotten.
 *
 * A switch to an address space that has an identifier takes no lock. It says first whom it runs,
 * and then looks whether a generation begins; who begins one says so first, and then looks who
 * runs. So one of the two sees the other (the fences are sequentially consistent):
 *
 *      switch                              new generation, under the lock
 *      running[processor] = holder         generation_now = 0
 *      --- fence ---                       --- fence ---
 *      generation_now == holder's?         holders in running[] keep theirs
 *      yes: go on with its identifier      generation_now = the new one
 *
 * Without identifiers (x86-64 without PCIDs, no memory for the pool, exercise 4.5 not done) all
 * address spaces have identifier 0, and each switch forgets its pages.
 */
#include "tlb/tlb.h"

#include "arch/cpu.h"
#include "arch/mmu.h"
#include "arch/tlb.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "heap/heap.h"
#include "init/init.h"
#include "panic/panic.h"
#include "percpu/percpu.h"
#include "sync/spinlock.h"

enum { NO_IDENTIFIER = 0 };

static struct spinlock pool_lock = SPINLOCK("identifiers");
/* Under the lock, but for `running`, of which each processor writes its own. */
struct identifier_pool tlb_pool;

/* The pool's generation; 0 while it changes and when there are no identifiers. Atomic. */
static uint64_t generation_now;

/* The processors tell identifiers apart, whether there is a pool or not. */
static bool has_identifiers;

/* What this processor runs with. */
struct tlb_state {
    size_t processor; /* the index in the pool's tables */
    uint16_t identifier;
};

static PERCPU(struct tlb_state, tlb_state);
PERCPU(struct tlb_space *, tlb_running);

void tlb_space_init(struct tlb_space *space, uint64_t root)
{
    space->root = root;
    space->holder = (struct identifier_holder){0};
    tlb_publish_table(); /* the root's entries are seen before it runs */
}

/* Gets a holder an identifier, and does what this processor was told to forget. */
static __attribute__((noinline)) uint16_t assign(struct identifier_holder *holder, size_t processor)
{
    spinlock_acquire(&pool_lock);
    __atomic_store_n(&generation_now, 0, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    (void)identifier_assign(&tlb_pool, holder);
    uint16_t identifier =
        holder->generation == tlb_pool.generation ? holder->identifier : NO_IDENTIFIER;
    bool must_flush = tlb_pool.must_flush[processor];
    tlb_pool.must_flush[processor] = false;
    __atomic_store_n(&generation_now, tlb_pool.generation, __ATOMIC_RELEASE);
    spinlock_release(&pool_lock);
    if (must_flush) {
        /* With the kernel's root, so that nothing is remembered anew by an old identifier. */
        tlb_switch(tlb_kernel_root, NO_IDENTIFIER);
        mmu_flush_all();
    }
    return identifier;
}

/* The identifier to run a holder with; NULL for none. Interrupts are off. */
static uint16_t identifier_for(struct identifier_holder *holder, size_t processor)
{
    if (tlb_pool.count == 0)
        return NO_IDENTIFIER;
    __atomic_store_n(&tlb_pool.running[processor], holder, __ATOMIC_RELAXED);
    if (holder == NULL)
        return NO_IDENTIFIER;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    /* Acquire pairs with the release in assign(): must_flush, and what the holder has. */
    uint64_t now = __atomic_load_n(&generation_now, __ATOMIC_ACQUIRE);
    if (now == 0 || __atomic_load_n(&holder->generation, __ATOMIC_RELAXED) != now ||
        __atomic_load_n(&tlb_pool.must_flush[processor], __ATOMIC_RELAXED))
        return assign(holder, processor);
    return holder->identifier;
}

void tlb_space_switch(struct tlb_space *space)
{
    bool interrupts_were_on = cpu_interrupts_disable();
    struct tlb_state *state = &percpu(tlb_state);

    state->identifier = identifier_for(space != NULL ? &space->holder : NULL, state->processor);
    percpu(tlb_running) = space;
    tlb_switch(space != NULL ? space->root : tlb_kernel_root, state->identifier);
    if (state->identifier == NO_IDENTIFIER && has_identifiers)
        tlb_flush_identifier(NO_IDENTIFIER);
    cpu_interrupts_restore(interrupts_were_on);
}

void tlb_space_end(struct tlb_space *space)
{
    ASSERT(tlb_space_running() != space);
    /* Its identifier is not given out again before all processors have forgotten it. */
    space->holder.generation = 0;
}

/*
 * Whether this processor runs a space, so that its pages must be forgotten here and now. A space
 * that runs nowhere gives up its identifier: whatever is remembered by it is never used again.
 * Here lab 05 asks the other processors that run it to forget, and waits for them.
 */
static bool forget_elsewhere(struct tlb_space *space)
{
    if (tlb_space_running() == space)
        return true;
    space->holder.generation = 0;
    return false;
}

static void forget_user_pages(void *context, const uint64_t *pages, size_t count)
{
    if (!forget_elsewhere(context))
        return;
    for (size_t i = 0; i < count; i++)
        tlb_flush_user_page(pages[i], percpu(tlb_state).identifier);
}

void tlb_space_forget(struct tlb_space *space, uint64_t virtual)
{
    forget_user_pages(space, &virtual, 1);
}

static void forget_user_everything(void *context)
{
    if (forget_elsewhere(context))
        tlb_flush_identifier(percpu(tlb_state).identifier);
}

/* Lab 05 has the other processors do the same, here and in forget_kernel_everything(). */
static void forget_kernel_pages(void *context, const uint64_t *pages, size_t count)
{
    (void)context;
    for (size_t i = 0; i < count; i++)
        tlb_flush_kernel_page(pages[i]);
}

static void forget_kernel_everything(void *context)
{
    (void)context;
    mmu_flush_all();
}

static void release(void *context, uint64_t physical)
{
    (void)context;
    frame_release(physical);
}

const struct tlb_flusher tlb_user_flusher = {
    .pages = forget_user_pages,
    .everything = forget_user_everything,
    .release = release,
};

const struct tlb_flusher tlb_kernel_flusher = {
    .pages = forget_kernel_pages,
    .everything = forget_kernel_everything,
    .release = release,
};

INIT_TEXT static int tlb_start(void)
{
    size_t processors = boot_info.processor_count;

    tlb_init();
    uint32_t count = tlb_identifiers();
    has_identifiers = count > 1;
    if (count <= 2 * processors)
        return OK;
    tlb_pool.used = heap_allocate_zeroed((count + 63) / 64 * sizeof(*tlb_pool.used));
    tlb_pool.running = heap_allocate_zeroed(processors * sizeof(*tlb_pool.running));
    tlb_pool.must_flush = heap_allocate_zeroed(processors * sizeof(*tlb_pool.must_flush));
    if (tlb_pool.used == NULL || tlb_pool.running == NULL || tlb_pool.must_flush == NULL)
        return ERROR_NO_MEMORY;
    tlb_pool.used[0] = 1;
    tlb_pool.next = 1;
    tlb_pool.processor_count = processors;
    tlb_pool.generation = 1;
    generation_now = tlb_pool.generation;
    tlb_pool.count = count;
    return OK;
}
INIT_CALL(space, tlb_start);
