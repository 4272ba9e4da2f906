/* Fuzzing the PVH parser: the input is memory from address 0 on, the start information first. */
#include <string.h>

#include "../tables/harness.h"
#include "arch/x86_64/pvh.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint64_t rsdp;

    memset(&boot_info, 0, sizeof(boot_info));
    image_set(0, bytes, size);
    pvh_parse(&boot_info, image_window, 0, &rsdp);
    image_release();
    check_boot_info(&boot_info);
    return 0;
}
