/*
 * Probes of the running machine's traps and interrupts. Interrupts are off but where a probe waits.
 *
 *   traps.steps STEP...
 *
 * A step is one of these, SLOT being one of the probe's own handlers:
 *
 *   attach SLOT LINE TRIGGER      message SLOT DEVICE   detach SLOT
 *   mask SLOT                     unmask SLOT           processor SLOT INDEX
 *   behave SLOT BEHAVIOUR         what its handler does from now on (enum behaviour)
 *   acknowledge SLOT ADDRESS VALUE   what its handler writes to its device
 *   reluctant SLOT CALLS          doesn't write that before its CALLS-th call
 *   poke ADDRESS VALUE            writes a word to a device register, by its physical address
 *   ring SLOT                     writes its message
 *   wait NANOSECONDS              has interrupts on for so long
 *   calls SLOT | count SLOT | number SLOT | fault SLOT    what is known of it
 *   guarded ADDRESS               copies a word from there
 *   traps CAUSE | unclaimed | spurious                    how many there were
 *
 * Fact `results`: what each returned or asked for, 0 for those that return nothing.
 *
 *   traps.exhaust MAX        attaches up to MAX messages: `numbers`, the last `error`; then all are
 *                            detached and one is attached `again`
 *   traps.overflow           calls itself for ever
 */
#include "address_map/address_map.h"
#include "arch/cpu.h"
#include "arch/trap.h"
#include "clock/clock.h"
#include "interrupt/interrupt.h"
#include "lib/string.h"
#include "probe/probe.h"
#include "trap/trap.h"

enum behaviour {
    BEHAVES_CLAIM = 1,  /* answers true */
    BEHAVES_DETACH = 2, /* detaches itself */
    BEHAVES_FAULT = 4,  /* copies from where nothing is mapped */
    BEHAVES_OVERFLOW = 8,
    BEHAVES_DEEP = 16 /* copies from there when it has used most of a stack */
};

enum { SLOTS = 8, PAGES = 8, ARGUMENTS_MAX = 3, PAGE = 4096, EXHAUST_MAX = INTERRUPT_NUMBERS };

static struct slot {
    struct interrupt interrupt;
    struct interrupt_message message;
    uint64_t behaviour;
    uint64_t calls;
    uint64_t acknowledge_address; /* 0 for none */
    uint32_t acknowledge_value;
    uint64_t acknowledge_from; /* this many calls on */
    int fault;
} slots[SLOTS];

/* Device pages that were mapped. */
static struct {
    uint64_t physical;
    DEVICE char *mapped;
} pages[PAGES];
static size_t page_count;

static struct interrupt many[EXHAUST_MAX];
static uint64_t results[PROBE_WORDS_MAX], many_numbers[EXHAUST_MAX];

/* A word of a device, mapped before it is needed: handlers can't map. */
static DEVICE uint32_t *device_word(uint64_t address)
{
    uint64_t physical = address & ~(uint64_t)(PAGE - 1);

    for (size_t i = 0; i < page_count; i++) {
        if (pages[i].physical == physical)
            return (DEVICE uint32_t *)(pages[i].mapped + address % PAGE);
    }
    DEVICE char *mapped = page_count < PAGES ? device_map(physical, PAGE) : NULL;
    if (mapped == NULL)
        return NULL;
    pages[page_count].physical = physical;
    pages[page_count++].mapped = mapped;
    return (DEVICE uint32_t *)(mapped + address % PAGE);
}

static int poke(uint64_t address, uint32_t value)
{
    DEVICE uint32_t *word = device_word(address);

    if (word == NULL)
        return ERROR_NO_SPACE;
    *word = value;
    return OK;
}

/* More stack than there is; `depth` keeps the compiler from seeing that it never ends. */
__attribute__((noinline)) static uint64_t overflow(uint64_t depth)
{
    volatile uint64_t room[32];

    room[depth % 32] = depth;
    if (depth == UINT64_MAX)
        return room[0];
    return overflow(depth + 1) + room[depth % 32];
}

/* What the guarded copy of a word said. */
static int copy_from(uint64_t address)
{
    uint64_t word;

    return memory_copy_guarded(&word, (const void *)(uintptr_t)address, sizeof(word));
}

enum { NOWHERE = 64, MOST_OF_A_STACK = 10240 };

/* Copies from where nothing is, so many bytes further down the stack. */
__attribute__((noinline)) static int copy_deep(uintptr_t bytes)
{
    volatile uint64_t room[32];

    room[bytes % 32] = bytes;
    int error = bytes < sizeof(room) ? copy_from(NOWHERE) : copy_deep(bytes - sizeof(room));
    return room[bytes % 32] == bytes ? error : ERROR_INVALID_ARGUMENT;
}

static bool serve(void *context)
{
    struct slot *slot = context;

    slot->calls++;
    if (slot->acknowledge_address != 0 && slot->calls >= slot->acknowledge_from)
        (void)poke(slot->acknowledge_address, slot->acknowledge_value);
    if ((slot->behaviour & BEHAVES_FAULT) != 0)
        slot->fault = copy_from(NOWHERE);
    if ((slot->behaviour & BEHAVES_DEEP) != 0)
        slot->fault = copy_deep(MOST_OF_A_STACK);
    if ((slot->behaviour & BEHAVES_OVERFLOW) != 0)
        slot->calls += overflow(0);
    if ((slot->behaviour & BEHAVES_DETACH) != 0)
        interrupt_detach(&slot->interrupt);
    return (slot->behaviour & BEHAVES_CLAIM) != 0;
}

static int64_t step_attach(const uint64_t *arguments)
{
    return interrupt_attach(&slots[arguments[0]].interrupt, (uint32_t)arguments[1],
                            (enum interrupt_trigger)arguments[2]);
}

static int64_t step_message(const uint64_t *arguments)
{
    struct slot *slot = &slots[arguments[0]];

    return interrupt_attach_message(&slot->interrupt, (uint32_t)arguments[1], &slot->message);
}

static int64_t step_detach(const uint64_t *arguments)
{
    interrupt_detach(&slots[arguments[0]].interrupt);
    return OK;
}

static int64_t step_mask(const uint64_t *arguments)
{
    interrupt_mask(&slots[arguments[0]].interrupt);
    return OK;
}

static int64_t step_unmask(const uint64_t *arguments)
{
    interrupt_unmask(&slots[arguments[0]].interrupt);
    return OK;
}

static int64_t step_processor(const uint64_t *arguments)
{
    struct slot *slot = &slots[arguments[0]];

    return interrupt_set_processor(&slot->interrupt, arguments[1], &slot->message);
}

static int64_t step_behave(const uint64_t *arguments)
{
    slots[arguments[0]].behaviour = arguments[1];
    return OK;
}

static int64_t step_acknowledge(const uint64_t *arguments)
{
    slots[arguments[0]].acknowledge_address = arguments[1];
    slots[arguments[0]].acknowledge_value = (uint32_t)arguments[2];
    return device_word(arguments[1]) != NULL ? OK : ERROR_NO_SPACE;
}

static int64_t step_reluctant(const uint64_t *arguments)
{
    slots[arguments[0]].acknowledge_from = arguments[1];
    return OK;
}

static int64_t step_poke(const uint64_t *arguments)
{
    return poke(arguments[0], (uint32_t)arguments[1]);
}

static int64_t step_ring(const uint64_t *arguments)
{
    return poke(slots[arguments[0]].message.address, slots[arguments[0]].message.data);
}

static int64_t step_wait(const uint64_t *arguments)
{
    enum { INSTRUCTIONS_MAX = 50000000 };
    uint64_t end = clock_now() + arguments[0];
    uint64_t start = cpu_instruction_count();

    cpu_interrupts_restore(true);
    while (clock_now() < end && cpu_instruction_count() - start < INSTRUCTIONS_MAX)
        cpu_relax();
    (void)cpu_interrupts_disable();
    return OK;
}

static int64_t step_calls(const uint64_t *arguments)
{
    return (int64_t)slots[arguments[0]].calls;
}

static int64_t step_count(const uint64_t *arguments)
{
    return (int64_t)slots[arguments[0]].interrupt.count;
}

static int64_t step_number(const uint64_t *arguments)
{
    return slots[arguments[0]].interrupt.number;
}

static int64_t step_fault(const uint64_t *arguments)
{
    return slots[arguments[0]].fault;
}

static int64_t step_guarded(const uint64_t *arguments)
{
    return copy_from(arguments[0]);
}

static int64_t step_traps(const uint64_t *arguments)
{
    return arguments[0] < TRAP_CAUSES ? (int64_t)trap_count((enum trap_cause)arguments[0])
                                      : ERROR_USAGE;
}

static int64_t step_unclaimed(const uint64_t *arguments)
{
    (void)arguments;
    return (int64_t)interrupt_statistics()->unclaimed;
}

static int64_t step_spurious(const uint64_t *arguments)
{
    (void)arguments;
    return (int64_t)interrupt_statistics()->spurious;
}

static const struct step {
    const char *name;
    int64_t (*run)(const uint64_t *arguments);
    int arguments;
    bool has_slot;
} steps[] = {
    {"attach", step_attach, 3, true},      {"message", step_message, 2, true},
    {"detach", step_detach, 1, true},      {"mask", step_mask, 1, true},
    {"unmask", step_unmask, 1, true},      {"processor", step_processor, 2, true},
    {"behave", step_behave, 2, true},      {"acknowledge", step_acknowledge, 3, true},
    {"poke", step_poke, 2, false},         {"ring", step_ring, 1, true},
    {"wait", step_wait, 1, false},         {"calls", step_calls, 1, true},
    {"count", step_count, 1, true},        {"number", step_number, 1, true},
    {"fault", step_fault, 1, true},        {"guarded", step_guarded, 1, false},
    {"traps", step_traps, 1, false},       {"unclaimed", step_unclaimed, 0, false},
    {"spurious", step_spurious, 0, false}, {"reluctant", step_reluctant, 2, true},
};

/* Runs the step at word *place, and steps over it. */
static int run_step(const struct probe_request *request, int *place, uint64_t *result)
{
    uint64_t arguments[ARGUMENTS_MAX];
    size_t i = 0;

    while (i < sizeof(steps) / sizeof(steps[0]) &&
           !string_equal(steps[i].name, request->words[*place]))
        i++;
    if (i == sizeof(steps) / sizeof(steps[0]) || *place + steps[i].arguments >= request->count)
        return ERROR_USAGE;
    for (int word = 0; word < steps[i].arguments; word++) {
        if (!probe_number(request, *place + 1 + word, &arguments[word]))
            return ERROR_USAGE;
    }
    if (steps[i].has_slot && arguments[0] >= SLOTS)
        return ERROR_USAGE;
    *result = (uint64_t)steps[i].run(arguments);
    *place += 1 + steps[i].arguments;
    return OK;
}

static int run_steps(struct probe_request *request)
{
    size_t count = 0;

    for (size_t i = 0; i < SLOTS; i++) {
        if (slots[i].interrupt.handler == NULL)
            slots[i].interrupt =
                (struct interrupt){.name = "probe", .handler = serve, .context = &slots[i]};
    }
    for (int place = 0; place < request->count; count++) {
        int error = run_step(request, &place, &results[count]);
        if (error != OK)
            return error;
    }
    probe_fact_list(request, "results", results, count);
    return OK;
}
PROBE(traps_steps)
= {.name = "traps.steps", .run = run_steps, .needs_quiet = true};

static int run_exhaust(struct probe_request *request)
{
    struct interrupt_message message;
    uint64_t max;
    size_t count = 0;
    int error = OK;

    if (!probe_number(request, 0, &max) || max > EXHAUST_MAX)
        return ERROR_USAGE;
    while (count < max && error == OK) {
        many[count] = (struct interrupt){.name = "probe", .handler = serve, .context = slots};
        error = interrupt_attach_message(&many[count], 0, &message);
        many_numbers[count] = many[count].number;
        count += error == OK;
    }
    for (size_t i = 0; i < count; i++)
        interrupt_detach(&many[i]);
    int again = interrupt_attach_message(&many[0], 0, &message);
    if (again == OK)
        interrupt_detach(&many[0]);
    probe_fact_list(request, "numbers", many_numbers, count);
    probe_fact_signed(request, "error", error);
    probe_fact_signed(request, "again", again);
    return OK;
}
PROBE(traps_exhaust)
= {.name = "traps.exhaust", .run = run_exhaust};

static int run_overflow(struct probe_request *request)
{
    probe_fact(request, "depth", overflow(0));
    return OK;
}
PROBE(traps_overflow)
= {.name = "traps.overflow", .run = run_overflow};
