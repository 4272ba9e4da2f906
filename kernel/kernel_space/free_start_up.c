/*
 * Giving back what only start-up needed. See kernel_space.h.
 *
 *   image_start     .head .init.text   unmapped, and free for any use
 *   text_start      .text              stays
 *   rodata_start    .init.rodata       as .init.text, unless there is a monitor
 *   rodata_kept     .rodata            stays
 *   data_start      .init.data         as .init.text, as far as it fills pages
 *   init_data_end   .data .bss         stay
 */
#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "init/init.h"
#include "kernel_space/windows.h"
#include "log/log.h"

extern char image_start[], text_start[], rodata_start[], rodata_kept[], data_start[],
    init_data_end[];
extern const char monitor_commands_table_start[], monitor_commands_table_end[];

__attribute__((weak)) bool start_up_is_needed(void)
{
    return false;
}

/*
 * Takes [from, end) of the image out of the map. Its memory could only be read through the direct
 * map; now it becomes memory like any other there.
 */
static uint64_t free_range(const char *from, const char *end)
{
    uint64_t base = align_up((uintptr_t)from, PAGE_SIZE);
    uint64_t size = align_down((uintptr_t)end, PAGE_SIZE) - base;
    uint64_t physical = base - image_virtual_offset;
    struct tlb_batch batch;

    if ((uintptr_t)end <= base || size == 0)
        return 0;
    tlb_batch_begin(&batch, &tlb_kernel_flusher, NULL);
    spinlock_acquire(&kernel_space_lock);
    int error = page_table_change(&kernel_page_table, base, size, 0, &batch);
    if (error == OK)
        error = page_table_change(&kernel_page_table, (uintptr_t)physical_pointer(physical), size,
                                  PAGE_READ | PAGE_WRITE, &batch);
    tlb_batch_finish(&batch);
    spinlock_release(&kernel_space_lock);
    return error == OK ? frames_adopt(physical, physical + size) : 0;
}

/* Frees the texts that only a person at the monitor sees. */
static uint64_t free_texts(void)
{
    if (&monitor_commands_table_start[0] != &monitor_commands_table_end[0])
        return 0;
    boot_info.source = "";
    boot_info.warning_count = 0;
    return free_range(rodata_start, rodata_kept);
}

uint64_t kernel_space_free_start_up(void)
{
    static bool done;

    if (done || !kernel_space_is_ready())
        return 0;
    done = true;
    return free_range(image_start, text_start) + free_texts() +
           free_range(data_start, init_data_end);
}

static int free_start_up(void)
{
    if (!start_up_is_needed())
        log_info("%llu KiB of start-up's memory are free",
                 (unsigned long long)(kernel_space_free_start_up() * PAGE_SIZE / KIB));
    return OK;
}
INIT_CALL(run, free_start_up);
