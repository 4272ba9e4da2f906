/*
 * Probe kernel_space.trace: ranges of kernel addresses come and go.
 *
 *   kernel_space.trace STEP A B STEP A B ...
 *
 *   m SIZE 0      allocates memory into the next slot     d PHYSICAL SIZE  maps a device likewise
 *   s 0 0         allocates a stack likewise              c PHYSICAL SIZE  maps a frame buffer
 *   f SLOT n      frees what was allocated into a slot, n bytes further on, as what it is
 *   r SLOT n      reads the byte n further on (a stack's slot is its top; n may be negative)
 *   w SLOT n      writes it: the lowest byte of n, exclusive or SLOT
 *   e COUNT 0     the COUNT-th allocation of frames from now on fails, 0: none does
 *   l SLOT 0      the length of memory that was allocated, as the kernel knows it
 *
 * Each step gives a fact `step`: the error code as a number modulo 2^64, and an address, a byte or
 * a length. At the end: `tables`, the frames of the kernel's page tables; `free`, all free frames;
 * `window` with base, size, ranges and used bytes for each window.
 */
#include "arch/trap.h"
#include "frames/frames.h"
#include "frames/injection.h"
#include "heap/heap.h"
#include "kernel_space/windows.h"
#include "lib/util.h"
#include "probe/probe.h"

enum { SLOTS = 64 };

static struct slot {
    char kind;
    uint64_t address;
} slots[SLOTS];
static size_t slot_count;

static int keep(char kind, uint64_t address, uint64_t *told)
{
    slots[slot_count++] = (struct slot){.kind = kind, .address = address};
    *told = address;
    return OK;
}

static int allocate(char kind, uint64_t a, uint64_t b, uint64_t *told)
{
    DEVICE void *registers;
    uintptr_t top;
    void *memory;
    int error;

    if (slot_count == SLOTS)
        return ERROR_NO_SPACE;
    switch (kind) {
    case 'm':
        error = kernel_memory_allocate(a, &memory);
        return error == OK ? keep(kind, (uintptr_t)memory, told) : error;
    case 's':
        error = kernel_stack_allocate(&top);
        return error == OK ? keep(kind, top, told) : error;
    default:
        registers = device_map_as(a, b, kind == 'd' ? PAGE_DEVICE : PAGE_COMBINE);
        return registers != NULL ? keep('d', (uintptr_t)registers, told) : ERROR_NO_MEMORY;
    }
}

static int release(uint64_t index, uint64_t beyond)
{
    if (index >= slot_count)
        return ERROR_NOT_FOUND;
    uintptr_t address = (uintptr_t)slots[index].address + beyond;
    if (slots[index].kind == 'm')
        kernel_memory_free((void *)address);
    else if (slots[index].kind == 's')
        kernel_stack_free(address);
    else
        device_unmap((DEVICE void *)address);
    return OK;
}

/* Reads or writes one byte, which may not be there. */
static int touch(char kind, uint64_t index, uint64_t beyond, uint64_t *told)
{
    uint8_t byte = (uint8_t)(beyond ^ index);

    if (index >= slot_count)
        return ERROR_NOT_FOUND;
    void *place = (void *)(uintptr_t)(slots[index].address + beyond);
    int error =
        kind == 'w' ? memory_copy_guarded(place, &byte, 1) : memory_copy_guarded(&byte, place, 1);
    *told = byte;
    return error;
}

/* The bytes that were allocated into a slot; 0 for none. */
static uint64_t length(uint64_t index)
{
    if (index >= slot_count)
        return 0;
    spinlock_acquire(&kernel_space_lock);
    uint64_t size = window_range(&windows[WINDOW_HEAP], slots[index].address);
    spinlock_release(&kernel_space_lock);
    return size;
}

static int run_step(char kind, uint64_t a, uint64_t b, uint64_t *told)
{
    switch (kind) {
    case 'm':
    case 's':
    case 'd':
    case 'c':
        return allocate(kind, a, b, told);
    case 'f':
        return release(a, b);
    case 'r':
    case 'w':
        return touch(kind, a, b, told);
    case 'e':
        frames_fail_after(a != 0 ? a : UINT64_MAX);
        return OK;
    case 'l':
        *told = length(a);
        return OK;
    default:
        return ERROR_USAGE;
    }
}

static void tell_totals(const struct probe_request *request)
{
    struct frame_statistics node;
    uint64_t free = 0;

    heap_shrink();
    frames_drain();
    for (unsigned i = 0; frames_count(i, &node) == OK; i++)
        free += node.free + node.cached;
    probe_fact(request, "tables", kernel_page_table.tables);
    probe_fact(request, "free", free);
    for (const struct window *window = windows; window < windows + WINDOWS; window++) {
        uint64_t numbers[] = {window->base, WINDOW_SIZE, window->ranges.count, window->used};
        probe_fact_list(request, "window", numbers, ARRAY_COUNT(numbers));
    }
}

static int run_trace(struct probe_request *request)
{
    slot_count = 0;
    for (int i = 0; i + 2 < request->count; i += 3) {
        uint64_t a, b, answer[2] = {0, 0};
        if (!probe_number(request, i + 1, &a) || !probe_number(request, i + 2, &b))
            return ERROR_USAGE;
        answer[0] = (uint64_t)(int64_t)run_step(request->words[i][0], a, b, &answer[1]);
        probe_fact_list(request, "step", answer, ARRAY_COUNT(answer));
    }
    frames_fail_after(UINT64_MAX);
    tell_totals(request);
    return OK;
}
PROBE(kernel_space_trace)
= {.name = "kernel_space.trace", .run = run_trace};

static int run_free_start_up(struct probe_request *request)
{
    probe_fact(request, "frames", kernel_space_free_start_up());
    return OK;
}
PROBE(kernel_space_free)
= {.name = "kernel_space.free_start_up", .run = run_free_start_up};

/* Other probes call start-up's parsers. */
bool start_up_is_needed(void)
{
    return true;
}
