/*
 * What the kernel's pure code calls in the rest of the kernel.
 */
#include <stdio.h>

#include "cairn/error.h"
#include "plain/plain.h"
#include "symbols/symbols.h"

/* There is no running kernel whose addresses could be named; one page has a name for the tests. */
int symbol_of_address(uint64_t address, struct symbol_location *location)
{
    enum { KNOWN = 0x1000 };

    *location = (struct symbol_location){.name = NULL};
    if (address - KNOWN >= KNOWN)
        return ERROR_NOT_FOUND;
    *location = (struct symbol_location){.name = "known", .offset = (uint32_t)(address - KNOWN)};
    return OK;
}

void todo_report(unsigned char *said, const char *exercise, const char *file, unsigned line)
{
    if (*said == 0)
        fprintf(stderr, "exercise %s is not implemented (%s:%u)\n", exercise, file, line);
    *said = 1;
}
