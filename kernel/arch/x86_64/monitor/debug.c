/*
 * The four debug registers, for breakpoints and watchpoints alike, and the trap flag.
 *
 * Source: Intel SDM volume 3, 18.2 (debug registers) and 18.3.1 (debug exceptions).
 */
#include "arch/debug.h"

#include "arch/trap.h"
#include "arch/x86_64/x86_64.h"
#include "backtrace/backtrace.h"
#include "cairn/error.h"
#include "lib/util.h"

enum { SLOTS = 4 };
enum { DR6_QUIET = 0xffff0ff0, DR6_STEP = 1 << 14, DR7_ENABLE = 2, RFLAGS_TRAP = 0x100 };

static struct debug_point armed[SLOTS];

#define WRITE(n)                                                                                   \
    case n:                                                                                        \
        __asm__ volatile("movq %0, %%dr" #n ::"r"(address));                                       \
        break

static void write_address(size_t slot, uintptr_t address)
{
    switch (slot) {
        WRITE(0);
        WRITE(1);
        WRITE(2);
        WRITE(3);
    }
}

void debug_start(void)
{
}

int debug_arm(const struct debug_point *points, size_t count)
{
    /* R/W and LEN, as they stand in DR7; LEN is 0 for instructions. */
    static const uint8_t accesses[] = {[DEBUG_WRITE] = 1, [DEBUG_ACCESS] = 3};
    static const uint8_t lengths[] = {[2] = 1, [4] = 3, [8] = 2};
    uint64_t control = 0;
    struct stack_bounds stack;

    __asm__ volatile("movq %0, %%dr7" ::"r"(control));
    if (count > SLOTS)
        return ERROR_NO_SPACE;
    for (size_t i = 0; i < count; i++) {
        if (points[i].kind == DEBUG_READ)
            return ERROR_INVALID_ARGUMENT;
        if (points[i].kind != DEBUG_EXECUTE &&
            backtrace_find_stack(points[i].address, &stack) == OK)
            return ERROR_BUSY;
        armed[i] = points[i];
        write_address(i, points[i].address);
        uint64_t what = accesses[points[i].kind];
        if (points[i].kind != DEBUG_EXECUTE)
            what |= (uint64_t)lengths[points[i].size] << 2;
        control |= (uint64_t)DR7_ENABLE << 2 * i | what << (16 + 4 * i);
    }
    __asm__ volatile("movq %0, %%dr7" ::"r"(control) : "memory");
    return OK;
}

unsigned debug_event(const struct trap_frame *frame, uintptr_t *address)
{
    uint64_t status;
    uint64_t control;

    if (frame->vector != EXCEPTION_DEBUG)
        return 0;
    __asm__ volatile("movq %%dr6, %0\n\tmovq %%dr7, %1" : "=r"(status), "=r"(control));
    __asm__ volatile("movq %0, %%dr6" ::"r"((uint64_t)DR6_QUIET));
    unsigned event = (status & DR6_STEP) != 0 ? DEBUG_EVENT_STEP : 0;
    for (size_t i = 0; i < SLOTS; i++) {
        if ((status >> i & 1) == 0 || (control >> 2 * i & DR7_ENABLE) == 0)
            continue;
        if (armed[i].kind != DEBUG_EXECUTE)
            *address = armed[i].address;
        event |= armed[i].kind == DEBUG_EXECUTE ? DEBUG_EVENT_BREAK : DEBUG_EVENT_WATCH;
    }
    return event;
}

uintptr_t debug_return_address(const struct trap_frame *frame)
{
    return *(const uintptr_t *)frame->rsp;
}

unsigned debug_instruction_size(uintptr_t address)
{
    (void)address;
    return 0;
}

void debug_step(struct trap_frame *frame, bool on)
{
    frame->rflags = (frame->rflags & ~(uint64_t)RFLAGS_TRAP) | (on ? RFLAGS_TRAP : 0);
}
