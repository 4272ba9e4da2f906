/**
 * @file
 * Where the image is linked and loaded on RISC-V. For assembler, C and the linker script.
 *
 * The boot protocol loads a kernel 2 MiB above the start of memory, which is 0x80000000 on most
 * machines; the firmware lies below. The entry code runs at whatever page it was loaded at:
 * LINK_OFFSET only says what the ELF file shows as load addresses.
 */
#pragma once

#define LINK_ENTRY boot_entry

/** Virtual address of the image's first byte; a multiple of 2 MiB. */
#define LINK_IMAGE_START 0xffffffff80200000

/** Virtual address - physical load address: the image is loaded at 0x80200000. */
#define LINK_OFFSET 0xffffffff00000000

/** Tables of 512 pages for the image: it may have 4 MiB. */
#define LINK_IMAGE_TABLES 4

/** Bytes from the start of memory to the image; the firmware lives in this gap. */
#define LINK_FIRMWARE_GAP 0x200000
