/*
 * Fuzzing the ACPI parser: the input is memory from address FUZZ_BASE on, the root pointer first.
 * Checksums are put right, so that the fuzzer gets past them: first the lengths and checksums of
 * whatever looks like a table on a 16-byte boundary, then the root pointer's.
 */
#include <stdlib.h>
#include <string.h>

#include "../tables/harness.h"
#include "acpi/acpi.h"

enum { FUZZ_BASE = 0x10000, HEADER_SIZE = 36, CHECKSUM_AT = 9, ROOT_OLD_SIZE = 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void set_checksum(uint8_t *bytes, size_t size, size_t at)
{
    uint8_t sum = 0;

    bytes[at] = 0;
    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + bytes[i]);
    bytes[at] = (uint8_t)-sum;
}

static void set_table_checksums(uint8_t *image, size_t size)
{
    for (size_t at = 0; at + HEADER_SIZE <= size; at += 16) {
        uint32_t length;
        memcpy(&length, image + at + 4, sizeof(length));
        bool letters = true;
        for (size_t i = 0; i < 4; i++)
            letters = letters && image[at + i] >= 'A' && image[at + i] <= 'Z';
        if (letters && length >= HEADER_SIZE && length <= size - at)
            set_checksum(image + at, length, CHECKSUM_AT);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < HEADER_SIZE)
        return 0;
    uint8_t *image = malloc(size);
    if (image == NULL)
        abort();
    memcpy(image, bytes, size);
    set_table_checksums(image, size);
    memcpy(image, "RSD PTR ", 8);
    set_checksum(image, ROOT_OLD_SIZE, 8);
    memset(&boot_info, 0, sizeof(boot_info));
    image_set(FUZZ_BASE, image, size);
    acpi_parse(&boot_info, image_window, FUZZ_BASE);
    image_release();
    check_boot_info(&boot_info);
    free(image);
    return 0;
}
