/* Fuzzing the ramdisk: the input is the archive. Every byte of every file found is read. */
#include <stdlib.h>
#include <string.h>

#include "../tables/harness.h"
#include "ramdisk/ramdisk.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    void *archive = NULL;
    struct ramdisk_file file;
    size_t offset = 0;
    volatile uint8_t sum = 0;

    if (posix_memalign(&archive, 512, size > 0 ? size : 1) != 0)
        abort();
    memcpy(archive, bytes, size);
    while (ramdisk_next(archive, size, &offset, &file) == 0) {
        for (size_t i = 0; i < file.size; i++)
            sum = (uint8_t)(sum + ((const uint8_t *)file.data)[i]);
    }
    free(archive);
    return 0;
}
