/*
 * `break`, `watch`, `breaks` and `delete`: where the kernel stops.
 */
#include "arch/trap.h"
#include "cairn/error.h"
#include "console/console.h"
#include "lib/string.h"
#include "lib/util.h"
#include "monitor/debugger.h"
#include "monitor/location.h"
#include "monitor/monitor.h"
#include "monitor/symbol_search.h"
#include "monitor/target.h"
#include "monitor/words.h"
#include "symbols/symbols.h"

static const char *const access_names[] = {
    [DEBUG_WRITE] = "w", [DEBUG_READ] = "r", [DEBUG_ACCESS] = "rw"};

/* Whether an instruction begins there, as far as the processor's code lets one see. */
static bool is_instruction(uint64_t start, uint64_t address)
{
    while (start < address && debug_instruction_size(start) != 0)
        start += debug_instruction_size(start);
    return start == address || debug_instruction_size(start) == 0;
}

static int check_code(uint64_t address)
{
    struct symbol_location location;

    if (symbol_of_address(address, &location) != OK || location.name == NULL) {
        console_print("%#llx is in no function\n", (unsigned long long)address);
        return ERROR_NOT_FOUND;
    }
    if (debugger_is_own_way(address)) {
        console_print("%s is on the way to this debugger\n", location.name);
        return ERROR_NOT_SUPPORTED;
    }
    if (!is_instruction(address - location.offset, address)) {
        console_print("no instruction begins at %s+%#llx\n", location.name,
                      (unsigned long long)location.offset);
        return ERROR_INVALID_ARGUMENT;
    }
    return OK;
}

static void show(unsigned number)
{
    const struct debugger_point *point = debugger_point(number);

    console_print("  %-2u  hits %-5llu  ", number, (unsigned long long)point->hits);
    if (point->place.kind != DEBUG_EXECUTE)
        console_print("watch %u %-2s  0x%016llx\n", point->place.size,
                      access_names[point->place.kind], (unsigned long long)point->place.address);
    else {
        console_print("break       ");
        print_location(point->place.address, 0);
    }
}

static void explain(int error)
{
    static const struct {
        int error;
        const char *text;
    } reasons[] = {
        {ERROR_NO_SPACE, "this processor can't have one more; `delete` one first"},
        {ERROR_NOT_SUPPORTED, "this processor can't watch reads; try w"},
        {ERROR_INVALID_ARGUMENT, "this processor can't watch reads alone; try rw"},
        {ERROR_BUSY, "on this processor traps write to that stack too"},
    };

    for (size_t i = 0; i < ARRAY_COUNT(reasons); i++) {
        if (reasons[i].error == error)
            console_print("%s\n", reasons[i].text);
    }
}

static int add(const struct debug_point *place)
{
    unsigned number;

    for (unsigned i = 1; i <= DEBUGGER_POINTS_MAX; i++) {
        const struct debugger_point *point = debugger_point(i);
        if (point != NULL && point->place.kind == place->kind &&
            point->place.address == place->address && point->place.size == place->size) {
            console_print("that is number %u\n", i);
            return ERROR_EXISTS;
        }
    }
    int error = debugger_add(place, &number);
    if (error == OK)
        show(number);
    else
        explain(error);
    return error;
}

static int break_run(int count, char **words)
{
    struct debug_point place = {.kind = DEBUG_EXECUTE};
    uint64_t address;

    if (count != 2)
        return ERROR_USAGE;
    int error = symbol_parse_address(words[1], &address);
    if (error == OK)
        error = check_code(address);
    place.address = address;
    return error == OK ? add(&place) : error;
}

static int parse_access(const char *word, enum debug_kind *kind)
{
    for (size_t i = DEBUG_WRITE; i < ARRAY_COUNT(access_names); i++) {
        if (string_equal(word, access_names[i])) {
            *kind = (enum debug_kind)i;
            return OK;
        }
    }
    return ERROR_USAGE;
}

static int watch_run(int count, char **words)
{
    struct debug_point place = {.kind = DEBUG_WRITE};
    struct target target = {.is_physical = false};
    uint64_t size = sizeof(uint64_t);
    uint64_t value;

    if (count < 2 || count > 4)
        return ERROR_USAGE;
    int error = symbol_parse_address(words[1], &target.address);
    if (error != OK)
        return error;
    /* Either of the two may be left out. */
    bool has_size = count > 2 && word_to_number(words[2], &size) == OK;
    if (count == 4 && !has_size)
        return ERROR_USAGE;
    if (count > 2 + has_size && parse_access(words[2 + has_size], &place.kind) != OK)
        return ERROR_USAGE;
    if (!target_is_width(size))
        return ERROR_USAGE;
    if (target.address % size != 0) {
        console_print("%#llx is not a multiple of %llu\n", (unsigned long long)target.address,
                      (unsigned long long)size);
        return ERROR_INVALID_ARGUMENT;
    }
    error = target_read(&target, (unsigned)size, &value);
    place.address = target.address;
    place.size = (unsigned)size;
    return error == OK ? add(&place) : error;
}

static int breaks_run(int count, char **words)
{
    bool any = false;

    (void)words;
    if (count > 1)
        return ERROR_USAGE;
    for (unsigned i = 1; i <= DEBUGGER_POINTS_MAX; i++) {
        if (debugger_point(i) != NULL) {
            show(i);
            any = true;
        }
    }
    if (!any)
        console_print("there are none\n");
    return OK;
}

static int delete_run(int count, char **words)
{
    uint64_t number;

    if (count != 2 || word_to_number(words[1], &number) != OK)
        return ERROR_USAGE;
    return debugger_delete(number);
}

MONITOR_COMMAND(break)
= {
    .name = "break",
    .usage = "ADDRESS|NAME",
    .summary = "stop before the instruction at an address is executed",
    .run = break_run,
    .complete = symbol_complete_first,
};

MONITOR_COMMAND(watch)
= {
    .name = "watch",
    .usage = "ADDRESS [1|2|4|8] [w|r|rw]",
    .summary = "stop after memory has been written, or read",
    .run = watch_run,
};

MONITOR_COMMAND(breaks)
= {
    .name = "breaks",
    .usage = "",
    .summary = "list breakpoints and watchpoints, and how often each was hit",
    .run = breaks_run,
};

MONITOR_COMMAND(delete)
= {
    .name = "delete",
    .usage = "NUMBER",
    .summary = "delete a breakpoint or watchpoint",
    .run = delete_run,
};
