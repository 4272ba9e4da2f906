/**
 * @file
 * Where the image is linked and loaded on AArch64. For assembler, C and the linker script.
 *
 * The boot protocol puts an image whose header says "anywhere" at a multiple of 2 MiB; on the
 * virt machine that is 2 MiB above the start of memory at 0x40000000. The entry code runs
 * wherever it was put, at any page: LINK_OFFSET only says what the ELF file shows as load
 * addresses.
 */
#pragma once

#define LINK_ENTRY boot_entry

/** Virtual address of the image's first byte; a multiple of 2 MiB. */
#define LINK_IMAGE_START 0xffffffff80200000

/** Virtual address - physical load address: the image is loaded at 0x40200000. */
#define LINK_OFFSET 0xffffffff40000000

/** Tables of 512 pages for the image: it may have 4 MiB. */
#define LINK_IMAGE_TABLES 4
