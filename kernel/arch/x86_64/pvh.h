/**
 * @file
 * What a PVH boot loader tells (Xen, docs/misc/pvh.pandoc and public/arch-x86/hvm/start_info.h).
 */
#pragma once

#include "boot/boot.h"

/**
 * Fills memory map, command line and ramdisk (the first module) of @p info.
 *
 * What is malformed is reported by boot_warn() and skipped.
 * @param window reads physical memory
 * @param start_info physical address of the start information, as the entry got it in ebx
 * @param[out] rsdp physical address of the ACPI root pointer; 0 when not told
 * @return OK, or ERROR_CORRUPT when the start information or its memory map can't be used; then
 *         @p info holds what else could be read
 * Context: start-up, boot processor; also builds for the host.
 */
int pvh_parse(struct boot_info *info, boot_window *window, uint64_t start_info, uint64_t *rsdp);
