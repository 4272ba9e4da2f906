/*
 * The kernel's pure code in a host program: what the command `tables` and the fuzzers share.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "boot/boot.h"

/** The largest blob of a request. */
#define BLOB_MAX (UINT64_C(32) << 20)

/*
 * --- memory (memory.c) ---
 */

/**
 * BLOB_MAX bytes with an inaccessible page behind them; a blob that ends there can't be overrun.
 */
uint8_t *guarded_end(size_t size);

/** Says what the physical memory is that image_window() reads: @p size bytes at @p base. */
void image_set(uint64_t base, const void *bytes, size_t size);

/**
 * The window for the parsers: each call gives a copy of exactly the bytes asked for, so that the
 * address sanitizer sees a single byte read too much.
 */
const void *image_window(uint64_t address, uint64_t size);

/** Frees the copies that image_window() gave. */
void image_release(void);

/*
 * --- boot_info ---
 */

/** Aborts when @p info breaks a promise of boot/boot.h (check.c). */
void check_boot_info(const struct boot_info *info);

/** Writes @p text as a JSON string (print.c). */
void print_string(FILE *out, const char *text, size_t length);

/** Writes @p info as a JSON object (print.c). */
void print_boot_info(FILE *out, const struct boot_info *info);

/*
 * --- requests: each handler writes members of a JSON object (firmware.c, pure.c) ---
 */

/** What a request brought: words and a blob, which is terminated by nothing. */
struct request {
    const char *name;
    size_t argument_count;
    char *arguments[64];
    const uint8_t *blob;
    size_t size;
};

/** Argument @p index as a number; ends the program when there is none. */
uint64_t request_number(const struct request *request, size_t index);

/** The blob as a terminated string, at the end of guarded memory of its own. */
const char *request_text(const struct request *request);

void run_device_tree(FILE *out, const struct request *request);
void run_acpi(FILE *out, const struct request *request);
void run_complete(FILE *out, const struct request *request);
void run_pvh(FILE *out, const struct request *request);
void run_ramdisk(FILE *out, const struct request *request);
void run_symbols(FILE *out, const struct request *request);
void run_normalise(FILE *out, const struct request *request);
void run_option(FILE *out, const struct request *request);
void run_format(FILE *out, const struct request *request);
void run_string_number(FILE *out, const struct request *request);
