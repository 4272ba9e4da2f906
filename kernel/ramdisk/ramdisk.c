/*
 * The machine's ramdisk: the archive at the place that boot_info names.
 */
#include "ramdisk/ramdisk.h"

#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "lib/string.h"

INIT_TEXT int ramdisk_find(const char *name, struct ramdisk_file *file)
{
    size_t offset = 0;
    int error = ERROR_NOT_FOUND;

    if (boot_info.ramdisk_size == 0)
        return ERROR_NOT_FOUND;
    const void *archive = physical_pointer(boot_info.ramdisk);
    while ((error = ramdisk_next(archive, boot_info.ramdisk_size, &offset, file)) == OK) {
        size_t length = strnlen(file->name, 100);
        if (strlen(name) == length && memcmp(name, file->name, length) == 0)
            return OK;
    }
    return error;
}
