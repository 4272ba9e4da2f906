/*
 * Probe interrupt.dispatch: calls the handlers of a table of the probe's own.
 *
 *   interrupt.dispatch STEP...
 *
 * A step is a number: what to do in bits 32 and up (enum step below), its argument in the bits
 * below. Facts: `results`, what each call returned, 0 or 1; after each call `spurious` and
 * `unclaimed`, by how much they had grown; `calls`, which handlers were called, the step in bits 32
 * and up and the handler below, STRAY for one that stands in no chain; `counts` of all handlers at
 * the end; `changed`, how many chains and entries are not as handlers left them.
 */
#include "interrupt/interrupt.h"
#include "lib/string.h"
#include "probe/probe.h"

enum step {
    STEP_CHAIN = 1,   /* argument: the number whose chain the next handlers join */
    STEP_HANDLER = 2, /* argument: how it behaves (enum behaviour), bits 8-31 its first count */
    STEP_DISPATCH = 3 /* argument: the number */
};

enum behaviour {
    BEHAVES_CLAIM = 1,  /* answers true */
    BEHAVES_DETACH = 2, /* takes itself out of its chain */
    BEHAVES_REUSE = 4,  /* and then uses its entry for something else */
    BEHAVES_ONCE = 8    /* answers true at its first call only */
};

enum { HANDLERS_MAX = 128, CALLS_MAX = 1024, COUNT_SHIFT = 8, STRAY = HANDLERS_MAX };

static struct handler {
    struct interrupt interrupt;
    uint32_t behaviour;
    uint32_t number;
    struct interrupt *next; /* what interrupt.next must be */
} handlers[HANDLERS_MAX];

static struct interrupt_table table;
static struct interrupt *heads[INTERRUPT_NUMBERS]; /* what the chains must be */
static struct interrupt stray;
static size_t handler_count, result_count, call_count;
static uint64_t results[PROBE_WORDS_MAX], spurious[PROBE_WORDS_MAX], unclaimed[PROBE_WORDS_MAX],
    counts[HANDLERS_MAX], calls[CALLS_MAX];

static void note_call(size_t handler)
{
    if (call_count < CALLS_MAX)
        calls[call_count++] = (uint64_t)result_count << 32 | handler;
}

static bool stray_handler(void *context)
{
    (void)context;
    note_call(STRAY);
    return true;
}

/* The same change in the chain and in what the probe knows of it. */
static void take_out(struct handler *handler)
{
    struct interrupt **place = &table.chains[handler->number];
    struct interrupt **known = &heads[handler->number];

    while (*place != NULL && *place != &handler->interrupt) {
        known = &((struct handler *)*place)->next;
        place = &(*place)->next;
    }
    if (*place == NULL)
        return;
    *place = handler->interrupt.next;
    *known = handler->next;
    if ((handler->behaviour & BEHAVES_REUSE) != 0)
        handler->interrupt.next = handler->next = &stray;
}

static bool scripted_handler(void *context)
{
    struct handler *handler = context;
    bool claims = (handler->behaviour & (BEHAVES_CLAIM | BEHAVES_ONCE)) != 0;

    note_call((size_t)(handler - handlers));
    if ((handler->behaviour & BEHAVES_DETACH) != 0)
        take_out(handler);
    handler->behaviour &= ~(uint32_t)BEHAVES_ONCE;
    return claims;
}

/* Adds a handler at the end of a chain. */
static int add_handler(uint32_t number, uint32_t argument)
{
    if (handler_count == HANDLERS_MAX)
        return ERROR_USAGE;
    struct handler *handler = &handlers[handler_count++];
    struct interrupt **place = &table.chains[number];
    struct interrupt **known = &heads[number];
    for (; *place != NULL; place = &(*place)->next)
        known = &((struct handler *)*place)->next;
    *handler = (struct handler){
        .interrupt = {.name = "probe",
                      .handler = scripted_handler,
                      .context = handler,
                      .number = number,
                      .line = INTERRUPT_NONE,
                      .count = argument >> COUNT_SHIFT},
        .behaviour = argument,
        .number = number,
    };
    *place = *known = &handler->interrupt;
    return OK;
}

/*
 * Where a chain beyond the last would be, the counts are. So they start at the address of an entry:
 * who takes one for a chain calls its handler, and is seen.
 */
static void start(void)
{
    memset(&table, 0, sizeof(table));
    memset(heads, 0, sizeof(heads));
    stray = (struct interrupt){.name = "stray", .handler = stray_handler};
    table.spurious = table.unclaimed = (uintptr_t)&stray;
    handler_count = result_count = call_count = 0;
}

static void dispatch(uint32_t number)
{
    probe_count_begin();
    results[result_count] = interrupt_dispatch(&table, number);
    probe_count_end();
    spurious[result_count] = table.spurious - (uintptr_t)&stray;
    unclaimed[result_count++] = table.unclaimed - (uintptr_t)&stray;
}

static uint64_t count_changes(void)
{
    uint64_t changed = 0;

    for (size_t i = 0; i < INTERRUPT_NUMBERS; i++)
        changed += table.chains[i] != heads[i];
    for (size_t i = 0; i < handler_count; i++) {
        const struct interrupt *interrupt = &handlers[i].interrupt;
        counts[i] = interrupt->count;
        changed += interrupt->next != handlers[i].next || interrupt->context != &handlers[i] ||
                   interrupt->handler != scripted_handler ||
                   interrupt->number != handlers[i].number || interrupt->line != INTERRUPT_NONE;
    }
    return changed;
}

static int run_steps(const struct probe_request *request)
{
    uint32_t number = 0;

    for (int i = 0; i < request->count; i++) {
        uint64_t step;

        if (!probe_number(request, i, &step))
            return ERROR_USAGE;
        uint32_t argument = (uint32_t)step;
        if (step >> 32 == STEP_CHAIN && argument < INTERRUPT_NUMBERS)
            number = argument;
        else if (step >> 32 == STEP_DISPATCH)
            dispatch(argument);
        else if (step >> 32 != STEP_HANDLER || add_handler(number, argument) != OK)
            return ERROR_USAGE;
    }
    return OK;
}

static int run_dispatch(struct probe_request *request)
{
    start();
    int error = run_steps(request);
    if (error != OK)
        return error;
    uint64_t changed = count_changes();
    probe_fact_list(request, "results", results, result_count);
    probe_fact_list(request, "spurious", spurious, result_count);
    probe_fact_list(request, "unclaimed", unclaimed, result_count);
    probe_fact_list(request, "calls", calls, call_count);
    probe_fact_list(request, "counts", counts, handler_count);
    probe_fact(request, "changed", changed);
    return OK;
}
PROBE(interrupt_dispatch)
= {.name = "interrupt.dispatch", .run = run_dispatch};
