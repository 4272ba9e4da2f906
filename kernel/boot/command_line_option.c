/*
 * The machine's own command line.
 */
#include "boot/boot.h"

int command_line_option(const char *key, char *value, size_t size)
{
    return command_line_find(boot_info.command_line, key, value, size);
}
