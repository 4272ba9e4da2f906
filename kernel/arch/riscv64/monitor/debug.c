/*
 * Breakpoints and single steps by ebreak instructions in the code: supervisor mode has no debug
 * registers. Where there is a watchpoint, all code is stepped, and asked about after each step.
 *
 * A step's ebreaks stand where the code may go on. An interrupt may come first, and its handler may
 * pass one of them:
 *
 *   code       stands at A, which leads to B: an ebreak at B
 *   interrupt  its handler runs, and comes to B as well, which leads it to C: the ebreak at B goes,
 *              one comes at C
 *   handler    comes to C: the ebreak at C goes, that at B comes back
 *   code       executes A, and comes to B: the step is done
 *
 * So handlers run at full speed. They are known by their place on the exception stack, on which the
 * frame of the code that is no handler is the first. Nor can debug_arm() be stepped: the last step
 * before it is the last one, and it begins anew.
 *
 * Code is read-only wherever it is mapped. It is written through a page of our own, which for that
 * moment leads to the code's frame.
 *
 * Source: RISC-V Unprivileged ISA 20191213, chapters 2 and 16 (encodings).
 */
#include "arch/debug.h"

#include "address_map/address_map.h"
#include "arch/stack.h"
#include "arch/trap.h"
#include "cairn/error.h"
#include "console/console.h"
#include "debug_next.h"
#include "lib/util.h"
#include "monitor/editor.h"

enum { C_EBREAK = 0x9002, POINTS_MAX = 16 };
enum { PATCHES_MAX = POINTS_MAX + 2 * DEBUG_NEXT_MAX };

extern const char image_start[], text_end[];

/* What ebreak has replaced: a stack, undone from its top. */
static struct patch {
    uintptr_t address;
    uint16_t original;
    bool is_step;
} patches[PATCHES_MAX];
static size_t patch_count;
static size_t watch_count;

static uintptr_t awaited[DEBUG_NEXT_MAX]; /* where the code that is no handler may go on */
static size_t awaited_count;              /* 0 while it is not stepped */
static bool is_quiet = true;              /* nothing is armed, for the time being */
static bool steps_handler;                /* a handler is stepped */
static bool passes;                       /* one has come to where other code is awaited */

static char window[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE), section(".bss.pages")));

/* The page-table entry of a page of the image. */
static mmu_entry *debug_entry(uintptr_t page)
{
    mmu_entry *table = kernel_root;

    for (unsigned level = 3; level > 0; level--)
        table = kernel_table(table[mmu_index(page, level)]);
    return &table[mmu_index(page, 0)];
}

static void debug_write_code(uintptr_t address, uint16_t value)
{
    mmu_entry *entry = debug_entry((uintptr_t)window);
    mmu_entry own = *entry;

    *entry = mmu_leaf(align_down(address - image_virtual_offset, PAGE_SIZE), 0, MMU_READ_WRITE);
    __asm__ volatile("sfence.vma" ::: "memory");
    *(volatile uint16_t *)(void *)(window + address % PAGE_SIZE) = value;
    *entry = own;
    __asm__ volatile("sfence.vma\n\tfence.i" ::: "memory");
}

static void debug_patch(uintptr_t address, bool is_step)
{
    const volatile uint16_t *code = (const volatile uint16_t *)address;

    patches[patch_count].address = address;
    patches[patch_count].original = *code;
    patches[patch_count++].is_step = is_step;
    debug_write_code(address, C_EBREAK);
}

static void debug_patch_steps(const uintptr_t *next, size_t count)
{
    /* Outside the code there is nothing to patch: the step ends in a fault, which is reported. */
    for (size_t i = 0; i < count; i++) {
        if (next[i] >= (uintptr_t)image_start && next[i] < (uintptr_t)text_end &&
            next[i] != (uintptr_t)debug_arm)
            debug_patch(next[i], true);
    }
}

/* sscratch is 0 while the exception stack is in use. */
static bool debug_in_trap(void)
{
    uintptr_t scratch;

    __asm__ volatile("csrr %0, sscratch" : "=r"(scratch));
    return scratch == 0;
}

void debug_start(void)
{
}

static int debug_check(const struct debug_point *point)
{
    uintptr_t stack_size = (uintptr_t)exception_stack_top - (uintptr_t)exception_stack;

    if (point->kind == DEBUG_EXECUTE)
        return OK;
    if (point->kind != DEBUG_WRITE)
        return ERROR_NOT_SUPPORTED;
    return point->address - (uintptr_t)exception_stack < stack_size ? ERROR_BUSY : OK;
}

int debug_arm(const struct debug_point *points, size_t count)
{
    size_t watches = 0;

    while (patch_count > 0) {
        patch_count--;
        debug_write_code(patches[patch_count].address, patches[patch_count].original);
    }
    watch_count = 0;
    is_quiet = points == NULL;
    for (size_t i = 0; i < count; i++) {
        int error = debug_check(&points[i]);
        if (error != OK)
            return error;
        watches += points[i].kind != DEBUG_EXECUTE;
    }
    if (count - watches > POINTS_MAX)
        return ERROR_NO_SPACE;
    for (size_t i = 0; i < count; i++) {
        if (points[i].kind == DEBUG_EXECUTE)
            debug_patch(points[i].address, false);
    }
    watch_count = watches;
    if (debug_in_trap())
        return OK;
    awaited[0] = (uintptr_t)__builtin_return_address(0);
    awaited_count = watches > 0 ? 1 : 0;
    debug_patch_steps(awaited, awaited_count);
    return OK;
}

/* The frame of the code that is no handler. */
static struct trap_frame *debug_first_frame(void)
{
    return (struct trap_frame *)((uintptr_t)exception_stack_top - TRAP_FRAME_SIZE);
}

unsigned debug_event(const struct trap_frame *frame, uintptr_t *address)
{
    unsigned event = 0;

    (void)address;
    for (size_t i = 0; frame->cause == CAUSE_BREAKPOINT && i < patch_count; i++) {
        if (patches[i].address == frame->pc)
            event |= patches[i].is_step ? DEBUG_EVENT_STEP : DEBUG_EVENT_BREAK;
    }
    passes = event == DEBUG_EVENT_STEP && frame != debug_first_frame() && !steps_handler;
    if (passes)
        event = DEBUG_EVENT_NONE;
    return event != 0 && watch_count > 0 ? event | DEBUG_EVENT_LOOK : event;
}

uintptr_t debug_return_address(const struct trap_frame *frame)
{
    return frame->registers[0];
}

static uint32_t debug_half(uintptr_t address)
{
    uint16_t code = *(const volatile uint16_t *)address;

    for (size_t i = patch_count; i > 0; i--) {
        if (patches[i - 1].address == address)
            code = patches[i - 1].original;
    }
    return code;
}

uint32_t debug_code(uintptr_t address)
{
    uint32_t code = debug_half(address);

    return debug_size(code) == 4 ? code | debug_half(address + 2) << 16 : code;
}

unsigned debug_instruction_size(uintptr_t address)
{
    return debug_size(debug_half(address));
}

static bool debug_is_awaited(uintptr_t address)
{
    for (size_t i = 0; i < awaited_count; i++) {
        if (awaited[i] == address)
            return true;
    }
    return false;
}

/*
 * Whether the code at an address is run as a whole, as one step: the keyboard's, which would take
 * more steps for a command than the command. What it writes is seen when it returns.
 */
static bool debug_runs_whole(uintptr_t address)
{
    return address == (uintptr_t)console_read || address == (uintptr_t)editor_feed;
}

void debug_step(struct trap_frame *frame, bool on)
{
    struct trap_frame *first = debug_first_frame();
    uintptr_t next[DEBUG_NEXT_MAX];

    if (is_quiet)
        return;
    if (frame == first) {
        steps_handler = false;
        awaited_count = on || watch_count > 0 ? debug_next(frame, awaited) : 0;
        if (!on && awaited_count > 0 && debug_runs_whole(frame->pc))
            awaited[0] = debug_return_address(frame);
        debug_patch_steps(awaited, awaited_count);
        return;
    }
    if (awaited_count == 0 && watch_count > 0)
        awaited[awaited_count++] = first->pc;
    bool is_there = debug_is_awaited(frame->pc);
    steps_handler = on && !passes;
    if (steps_handler || is_there)
        debug_patch_steps(next, debug_next(frame, next));
    if (!is_there)
        debug_patch_steps(awaited, awaited_count);
}
