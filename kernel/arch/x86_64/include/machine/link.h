/*
 * Where the image is linked and loaded on x86-64. For the linker script, assembly and C.
 */
#pragma once

/* Loaded at 1 MiB, where PC memory begins to be free of firmware. */
#define LINK_OFFSET      0xffffffff80000000
#define LINK_IMAGE_START (LINK_OFFSET + 0x100000)

/* Tables of 512 pages that the entry code fills, the first for LINK_OFFSET. */
#define LINK_IMAGE_TABLES 4

#define LINK_ENTRY        pvh_entry
#define LINK_NOTES        1
