/* Fuzzing the device tree parser: the input is the blob. */
#include <string.h>

#include "../tables/harness.h"
#include "device_tree/device_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    memset(&boot_info, 0, sizeof(boot_info));
    device_tree_parse(&boot_info, bytes, size);
    check_boot_info(&boot_info);
    return 0;
}
