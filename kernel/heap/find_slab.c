/*
 * From a pointer to the slab that it lies in.
 *
 * Every frame of a slab names it. The `struct frame`s of a chunk lie side by side and never move,
 * so each processor remembers where those of a few chunks are: see fast.h.
 */
#include "heap/fast.h"

/* The processor may change before or behind this: what it gets to know is right on all of them. */
static void learn(const void *pointer, const struct frame *frame)
{
    uintptr_t chunk = (uintptr_t)pointer >> CHUNK_SHIFT;
    uintptr_t frames = (uintptr_t)frame - ((uintptr_t)pointer >> PAGE_SHIFT) * sizeof(struct frame);

    bool on = cpu_interrupts_disable();
    percpu(heap_local).known[chunk % HEAP_KNOWN_CHUNKS].frames = frames;
    percpu(heap_local).known[chunk % HEAP_KNOWN_CHUNKS].chunk = chunk;
    cpu_interrupts_restore(on);
}

struct slab *heap_slab_of(const void *pointer)
{
    uint64_t physical = (uintptr_t)pointer - DIRECT_MAP_BASE;

    if (physical >= DIRECT_MAP_SIZE)
        return NULL;
    const struct frame *frame = frame_at(align_down(physical, PAGE_SIZE));
    if (frame == NULL || frame->owner != FRAME_HEAP)
        return NULL;
    learn(pointer, frame);
    return frame->owner_data;
}
