/*
 * The kernel stopped, and going on: see debugger.h.
 *
 *   running ---- breakpoint, watchpoint, last step ----> stopped: the monitor talks, within the
 *      ^                                                 trap, and nothing is armed
 *      |                                                    |
 *      +---- all points but those at hand are armed; <------+
 *            a step, if one is due, ends in the next trap
 *
 * The instruction at which the kernel stands would only stop it again. So a single step of our own
 * executes it, without the points that belong to it, and then they are armed too. In the same way a
 * watchpoint that stops before its access is reported after it, on all processors alike. Where a
 * processor knows no watchpoints, it is stepped as long as there is one, and each trap compares.
 *
 * The way from a trap to here and back must not lead here again: it can have no breakpoints and is
 * not stepped through. Its functions are known by their names: trap_* and debug_*.
 */
#include "monitor/debugger.h"

#include "arch/cpu.h"
#include "cairn/error.h"
#include "console/console.h"
#include "init/init.h"
#include "lib/string.h"
#include "lib/util.h"
#include "monitor/completion.h"
#include "monitor/editor.h"
#include "monitor/location.h"
#include "monitor/monitor.h"
#include "symbols/symbols.h"
#include "trap/trap.h"

static struct debugger_point points[DEBUGGER_POINTS_MAX];

/* How the kernel goes on. */
static struct {
    struct trap_frame *frame;     /* while it is stopped */
    bool is_over;                 /* the stop is to end */
    uint64_t steps;               /* that are left; 0 for no stepping */
    struct debugger_point *watch; /* whose access the step makes, or NULL */
} run;

bool debugger_is_own_way(uintptr_t address)
{
    static const char *const beginnings[] = {"trap_", "debug_"};
    struct symbol_location location;

    if (symbol_of_address(address, &location) != OK || location.name == NULL)
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(beginnings); i++) {
        if (strncmp(location.name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    }
    return false;
}

/* Arms all points but those that belong to the next instruction, which is at address. */
static int debug_arm_all(uintptr_t address)
{
    struct debug_point armed[DEBUGGER_POINTS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < DEBUGGER_POINTS_MAX; i++) {
        const struct debug_point *place = &points[i].place;
        bool is_here = place->kind == DEBUG_EXECUTE && place->address == address;
        if (points[i].is_set && !is_here && &points[i] != run.watch)
            armed[count++] = *place;
    }
    return debug_arm(armed, count);
}

static uint64_t read_value(const struct debug_point *place)
{
    uint64_t value = 0; /* little-endian: its first bytes are its low ones */

    (void)memory_copy_guarded(&value, (const void *)place->address, place->size);
    return value;
}

static struct debugger_point *find_break(uintptr_t address)
{
    for (size_t i = 0; i < DEBUGGER_POINTS_MAX; i++) {
        if (points[i].is_set && points[i].place.kind == DEBUG_EXECUTE &&
            points[i].place.address == address)
            return &points[i];
    }
    return NULL;
}

static struct debugger_point *find_changed(void)
{
    for (size_t i = 0; i < DEBUGGER_POINTS_MAX; i++) {
        if (points[i].is_set && points[i].place.kind != DEBUG_EXECUTE &&
            read_value(&points[i].place) != points[i].value)
            return &points[i];
    }
    return NULL;
}

/* The watchpoint that an access to address is about: it may begin before what is watched. */
static struct debugger_point *find_watch(uintptr_t address)
{
    struct debugger_point *nearest = NULL;

    for (size_t i = 0; i < DEBUGGER_POINTS_MAX; i++) {
        struct debugger_point *point = &points[i];
        if (!point->is_set || point->place.kind == DEBUG_EXECUTE)
            continue;
        if (address - point->place.address < point->place.size)
            return point;
        if (nearest == NULL || point->place.address - address < nearest->place.address - address)
            nearest = point;
    }
    return nearest;
}

static void put(char byte)
{
    console_write(&byte, 1);
}

/* Two digits a byte. */
static void report_watch(const struct debugger_point *point)
{
    int digits = 2 * (int)point->place.size;
    uint64_t value = read_value(&point->place);

    console_print("%u bytes at 0x%016llx: 0x%0*llx", point->place.size,
                  (unsigned long long)point->place.address, digits,
                  (unsigned long long)point->value);
    if (value != point->value)
        console_print(" became 0x%0*llx", digits, (unsigned long long)value);
    console_print("%s\n", value != point->value ? "" : ", as before");
}

static void report(struct debugger_point *point)
{
    uintptr_t address = trap_program_counter(run.frame);

    if (point != NULL) {
        console_print("\n%s %d, hit %llu\n",
                      point->place.kind == DEBUG_EXECUTE ? "breakpoint" : "watchpoint",
                      (int)(point - points) + 1, (unsigned long long)++point->hits);
        if (point->place.kind != DEBUG_EXECUTE)
            report_watch(point);
    }
    console_print("stopped at ");
    print_location(address, 0);
    if (point != NULL)
        trap_print(put, run.frame);
}

static void serve(struct editor *editor, enum editor_event event)
{
    if (event == EDITOR_COMPLETE)
        complete_line(editor);
    if (event == EDITOR_LINE)
        (void)monitor_run_line(editor->text); /* the user has been told of any error */
    if ((event == EDITOR_LINE || event == EDITOR_ABANDONED) && !run.is_over)
        editor_begin(editor);
}

/* The monitor once more, until a command ends it: its own line is still at work. */
static void talk(void)
{
    static struct editor editor;

    if (editor.display.write == NULL)
        editor_init(&editor, "cairn> ", console_write);
    editor_begin(&editor);
    while (!run.is_over) {
        int byte = console_read();
        if (byte < 0)
            cpu_relax();
        else
            serve(&editor, editor_feed(&editor, (uint8_t)byte));
    }
}

static void stop(struct trap_frame *frame, struct debugger_point *point)
{
    bool held = console_seize(false);

    run.frame = frame;
    run.steps = 0;
    run.is_over = false;
    report(point);
    talk();
    run.frame = NULL;
    (void)console_seize(held);
}

/* What a trap was has been found out: whether it stops the kernel, and for which point. */
static bool is_stop(unsigned event, uintptr_t counter, uintptr_t address,
                    struct debugger_point **point)
{
    *point = run.watch;
    run.watch = NULL;
    if (*point == NULL && (event & DEBUG_EVENT_WATCH) != 0) {
        *point = find_watch(address);
        if ((event & DEBUG_EVENT_BEFORE) != 0) {
            run.watch = *point;
            return false;
        }
    }
    if (*point == NULL && (event & DEBUG_EVENT_LOOK) != 0)
        *point = find_changed();
    if (*point == NULL)
        *point = find_break(counter);
    if (*point != NULL)
        return true;
    return (event & DEBUG_EVENT_STEP) != 0 && run.steps > 0 &&
           (--run.steps == 0 || debugger_is_own_way(counter));
}

bool trap_debug(struct trap_frame *frame)
{
    struct debugger_point *point;
    uintptr_t address = 0;
    unsigned event = debug_event(frame, &address);

    if (event == 0)
        return false;
    (void)debug_arm(NULL, 0);
    debug_step(frame, false);
    if (is_stop(event, trap_program_counter(frame), address, &point))
        stop(frame, point);
    for (size_t i = 0; i < DEBUGGER_POINTS_MAX; i++) {
        if (points[i].is_set && points[i].place.kind != DEBUG_EXECUTE)
            points[i].value = read_value(&points[i].place);
    }
    address = trap_program_counter(frame);
    bool steps = run.steps > 0 || run.watch != NULL || find_break(address) != NULL;
    (void)debug_arm_all(address); /* it was tried when the point was set */
    debug_step(frame, steps);
    return true;
}

/* Arms what is set, or tries whether it can be, while the kernel is stopped. */
static int rearm(void)
{
    bool on = cpu_interrupts_disable();
    int error = debug_arm_all(0);

    if (run.frame != NULL)
        (void)debug_arm(NULL, 0);
    cpu_interrupts_restore(on);
    return error;
}

int debugger_add(const struct debug_point *place, unsigned *number)
{
    size_t i = 0;

    while (i < DEBUGGER_POINTS_MAX && points[i].is_set)
        i++;
    if (i == DEBUGGER_POINTS_MAX)
        return ERROR_NO_SPACE;
    points[i] = (struct debugger_point){.place = *place};
    points[i].value = place->kind != DEBUG_EXECUTE ? read_value(place) : 0;
    /* It counts once it is complete: this code may be stepped, for another one. */
    __atomic_signal_fence(__ATOMIC_RELEASE);
    points[i].is_set = true;
    int error = rearm();
    if (error != OK) {
        points[i].is_set = false;
        (void)rearm();
    }
    *number = (unsigned)i + 1;
    return error;
}

int debugger_delete(uint64_t number)
{
    if (debugger_point(number) == NULL)
        return ERROR_NOT_FOUND;
    points[number - 1].is_set = false;
    return rearm();
}

const struct debugger_point *debugger_point(uint64_t number)
{
    return number - 1 < DEBUGGER_POINTS_MAX && points[number - 1].is_set ? &points[number - 1]
                                                                         : NULL;
}

int debugger_show_registers(void)
{
    if (run.frame == NULL)
        return ERROR_NOT_FOUND;
    trap_print(put, run.frame);
    return OK;
}

int debugger_go_on(uint64_t steps)
{
    if (run.frame == NULL)
        return ERROR_NOT_FOUND;
    if (steps > 0 && debugger_is_own_way(trap_program_counter(run.frame)))
        return ERROR_NOT_SUPPORTED;
    run.is_over = true;
    run.steps = steps;
    return OK;
}

const struct trap_frame *monitor_interrupted(uintptr_t *return_address)
{
    struct symbol_location location;

    *return_address = 0;
    if (run.frame == NULL)
        return NULL;
    /* A function makes its frame record with its first instructions. */
    if (symbol_of_address(trap_program_counter(run.frame), &location) == OK &&
        location.offset == 0 && location.name != NULL)
        *return_address = debug_return_address(run.frame);
    else
        *return_address = trap_return_address(run.frame);
    return run.frame;
}

static int debugger_start(void)
{
    debug_start();
    return OK;
}
INIT_CALL(core, debugger_start);
