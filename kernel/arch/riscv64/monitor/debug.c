/*
 * Breakpoints and single steps by ebreak instructions in the code: supervisor mode has no debug
 * registers, and none for watchpoints.
 *
 * Code is read-only wherever it is mapped. It is written through a page of our own, which for that
 * moment leads to the code's frame.
 *
 * Source: RISC-V Unprivileged ISA 20191213, chapters 2 and 16 (encodings).
 */
#include "arch/debug.h"

#include "address_map/address_map.h"
#include "arch/trap.h"
#include "cairn/error.h"
#include "debug_next.h"
#include "lib/util.h"

enum { CAUSE_BREAKPOINT = 3, C_EBREAK = 0x9002, PATCHES_MAX = 17, POINTS_MAX = PATCHES_MAX - 1 };

extern const char image_start[], text_end[];

/* What ebreak has replaced: a stack, undone from its top. A step's is the last. */
static struct patch {
    uintptr_t address;
    uint16_t original;
    bool is_step;
} patches[PATCHES_MAX];
static size_t patch_count;

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

void debug_start(void)
{
}

int debug_arm(const struct debug_point *points, size_t count)
{
    while (patch_count > 0) {
        patch_count--;
        debug_write_code(patches[patch_count].address, patches[patch_count].original);
    }
    for (size_t i = 0; i < count; i++) {
        if (points[i].kind != DEBUG_EXECUTE)
            return ERROR_NOT_SUPPORTED;
    }
    if (count > POINTS_MAX)
        return ERROR_NO_SPACE;
    for (size_t i = 0; i < count; i++)
        debug_patch(points[i].address, false);
    return OK;
}

unsigned debug_event(const struct trap_frame *frame, uintptr_t *address)
{
    unsigned event = 0;

    (void)address;
    for (size_t i = 0; frame->cause == CAUSE_BREAKPOINT && i < patch_count; i++) {
        if (patches[i].address == frame->pc)
            event |= patches[i].is_step ? DEBUG_EVENT_STEP : DEBUG_EVENT_BREAK;
    }
    return event;
}

uintptr_t debug_return_address(const struct trap_frame *frame)
{
    return frame->registers[0];
}

unsigned debug_instruction_size(uintptr_t address)
{
    enum { LONG = 3 }; /* the lowest two bits of an instruction of four bytes */
    uint16_t code = *(const uint16_t *)address;

    for (size_t i = patch_count; i > 0; i--) {
        if (patches[i - 1].address == address)
            code = patches[i - 1].original;
    }
    return (code & LONG) == LONG ? 4 : 2;
}

/* Outside the code there is nothing to patch: the step ends in a fault, which is reported. */
void debug_step(struct trap_frame *frame, bool on)
{
    uintptr_t next = on ? debug_next(frame) : 0;

    if (next >= (uintptr_t)image_start && next < (uintptr_t)text_end)
        debug_patch(next, true);
}
