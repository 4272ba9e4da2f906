/*
 * Reading a tar archive in place.
 *
 * Source: POSIX.1-2017, pax, "ustar Interchange Format". A header block of 512 bytes, then the
 * file's data padded to 512; numbers are octal text; two zero blocks end the archive.
 */
#include "cairn/error.h"
#include "lib/string.h"
#include "lib/util.h"
#include "ramdisk/ramdisk.h"

enum { TAR_BLOCK = 512 };

struct tar_header {
    char name[100];
    char mode[8];
    char owner[8];
    char group[8];
    char size[12];
    char time[12];
    char checksum[8];
    char type;
    char link[100];
    char magic[6]; /* "ustar" and a zero byte */
    char version[2];
    char owner_name[32];
    char group_name[32];
    char device_major[8];
    char device_minor[8];
    char prefix[155];
    char padding[12];
};
_Static_assert(sizeof(struct tar_header) == TAR_BLOCK, "a tar header is one block");

/* Reads octal digits up to a space, a zero byte or the field's end; false when there are none. */
static bool read_octal(const char *field, size_t size, uint64_t *value)
{
    size_t i = 0;

    while (i < size && field[i] == ' ')
        i++;
    size_t first = i;
    for (*value = 0; i < size && field[i] >= '0' && field[i] <= '7'; i++)
        *value = *value * 8 + (uint64_t)(field[i] - '0');
    return i > first && (i == size || field[i] == ' ' || field[i] == '\0');
}

static uint64_t sum_bytes(const void *bytes, size_t size)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < size; i++)
        sum += ((const unsigned char *)bytes)[i];
    return sum;
}

/* The checksum is the sum of the header's bytes, with itself taken as spaces. */
static bool checksum_is_right(const struct tar_header *header)
{
    uint64_t sum = sum_bytes(header, sizeof(*header)) + sizeof(header->checksum) * ' ' -
                   sum_bytes(header->checksum, sizeof(header->checksum));
    uint64_t told;

    return read_octal(header->checksum, sizeof(header->checksum), &told) && told == sum;
}

int ramdisk_next(const void *archive, size_t size, size_t *offset, struct ramdisk_file *file)
{
    while (range_within(*offset, TAR_BLOCK, size)) {
        const char *block = (const char *)archive + *offset;
        const struct tar_header *header = (const void *)block;
        uint64_t bytes;

        if (sum_bytes(block, TAR_BLOCK) == 0) /* nothing but zeros */
            return ERROR_NOT_FOUND;
        if (memcmp(header->magic, "ustar", sizeof(header->magic)) != 0 ||
            !checksum_is_right(header) || !read_octal(header->size, sizeof(header->size), &bytes) ||
            !range_within(*offset + TAR_BLOCK, bytes, size))
            return ERROR_CORRUPT;
        *offset += TAR_BLOCK + align_up(bytes, TAR_BLOCK);
        if (header->type == '0' || header->type == '\0') {
            *file = (struct ramdisk_file){header->name, block + TAR_BLOCK, bytes};
            return OK;
        }
    }
    return ERROR_NOT_FOUND;
}
