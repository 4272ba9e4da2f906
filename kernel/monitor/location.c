/*
 * Places in the code: see location.h. A panic's report looks the same, by other means.
 */
#include "monitor/location.h"

#include "cairn/error.h"
#include "console/console.h"
#include "symbols/symbols.h"

void print_location(uint64_t address, unsigned behind)
{
    struct symbol_location location;

    console_print("0x%016llx", (unsigned long long)address);
    if (symbol_of_address(address - behind, &location) == OK) {
        if (location.name != NULL)
            console_print("  %s+0x%llx", location.name,
                          (unsigned long long)location.offset + behind);
        if (location.file != NULL)
            console_print("  %s:%u", location.file, location.line);
    }
    console_print("\n");
}
