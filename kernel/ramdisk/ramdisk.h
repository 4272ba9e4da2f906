/**
 * @file
 * @defgroup ramdisk Ramdisk
 * The files that the boot loader put into memory beside the kernel: a tar archive (POSIX.1-1988
 * "ustar" interchange format), read in place.
 *
 * All calls may be made in any context; the archive is never changed.
 * @{
 */
#pragma once

#include <stddef.h>

/** A file of the archive. */
struct ramdisk_file {
    const char *name; /**< At most 100 bytes and then not terminated. */
    const void *data; /**< Aligned to 512 bytes. */
    size_t size;
};

/**
 * Steps through an archive.
 * @param archive the archive's first byte, aligned to 512 bytes
 * @param size its size in bytes
 * @param[in,out] offset 0 to begin; moved past the file that is returned
 * @param[out] file the next regular file; other kinds of entries are passed over
 * @return OK; ERROR_NOT_FOUND at the archive's end; ERROR_CORRUPT when a header's checksum, magic
 *         or size is wrong
 */
int ramdisk_next(const void *archive, size_t size, size_t *offset, struct ramdisk_file *file);

/**
 * Finds a file in the machine's ramdisk by its exact name.
 * @return OK, ERROR_NOT_FOUND or ERROR_CORRUPT
 */
int ramdisk_find(const char *name, struct ramdisk_file *file);

/** @} */
