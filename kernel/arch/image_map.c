/*
 * The image's own map: its pages one by one, from LINK_IMAGE_START on.
 *
 *   mmu_root (level 3)        image_level_2       image_level_1      image_level_0
 *   [511] ------------------> [510] ------------> [0 or 1, ...] ---> the image, page by page
 *
 * Entry code that can calls boot_map_image() before translation is on. Code that is compiled for
 * these machines finds everything relative to the program counter, so it runs at physical
 * addresses too, and an object's address is its physical one. x86-64 enters in 32-bit mode, and
 * fills the same tables in assembly.
 */
#include "address_map/address_map.h"
#include "arch/mmu.h"
#include "lib/util.h"
#include "machine/link.h"

#define PAGE_TABLES __attribute__((aligned(PAGE_SIZE), section(".bss.pages")))

extern const char image_start[], rodata_start[], data_start[], image_end[];
extern mmu_entry image_level_2[], image_level_1[], image_level_0[];

mmu_entry mmu_root[MMU_ENTRIES] PAGE_TABLES;
mmu_entry image_level_2[MMU_ENTRIES] PAGE_TABLES;
mmu_entry image_level_1[MMU_ENTRIES] PAGE_TABLES;
mmu_entry image_level_0[LINK_IMAGE_TABLES * MMU_ENTRIES] PAGE_TABLES;

static INIT_TEXT void map_pages(const char *from, const char *to, enum mmu_access access)
{
    for (const char *page = from; page < to; page += PAGE_SIZE)
        image_level_0[(page - image_start) / PAGE_SIZE] = mmu_leaf((uintptr_t)page, 0, access);
}

INIT_TEXT uint64_t boot_map_image(void)
{
    unsigned index = mmu_index(LINK_IMAGE_START, 1);

    image_virtual_offset = LINK_IMAGE_START - (uintptr_t)image_start;
    mmu_root[mmu_index(LINK_IMAGE_START, 3)] = mmu_table((uintptr_t)image_level_2);
    image_level_2[mmu_index(LINK_IMAGE_START, 2)] = mmu_table((uintptr_t)image_level_1);
    for (unsigned i = 0; i < LINK_IMAGE_TABLES; i++)
        image_level_1[index + i] = mmu_table((uintptr_t)&image_level_0[i * MMU_ENTRIES]);
    /* Code, constants, data: nothing is writable and executable. */
    map_pages(image_start, rodata_start, MMU_READ_EXECUTE);
    map_pages(rodata_start, data_start, MMU_READ);
    map_pages(data_start, image_end, MMU_READ_WRITE);
    return image_virtual_offset;
}
