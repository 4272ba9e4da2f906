/*
 * Probe messages.steps: devices that interrupt by messages, QEMU's `edu`. Interrupts are off but
 * where it waits.
 *
 *   messages.steps STEP...
 *
 * A step is one of these, SLOT being one of the probe's own handlers, DEVICE the index of an edu:
 *
 *   attach SLOT ID                a message for the requester ID
 *   attach_device SLOT DEVICE     the same for a device, which gets the message
 *   give SLOT DEVICE              gives the message to the device, again or to another one
 *   processor SLOT INDEX          sends it to another processor
 *   mask SLOT | unmask SLOT | detach SLOT
 *   raise DEVICE                  has the device send its message
 *   wait NANOSECONDS              has interrupts on for so long
 *   count SLOT | number SLOT
 *
 * Facts: `results`, what each returned; `order`, the slots in the order of their handlers' calls.
 *
 * Source: QEMU's docs/specs/edu.txt.
 */
#include "address_map/address_map.h"
#include "arch/cpu.h"
#include "clock/clock.h"
#include "interrupt/interrupt.h"
#include "lib/string.h"
#include "lib/util.h"
#include "probe/pci_find.h"
#include "probe/probe.h"

enum { SLOTS = 8, DEVICES = 4, ORDER_MAX = PROBE_WORDS_MAX };
enum { EDU_VENDOR = 0x1234, EDU_DEVICE = 0x11e8, EDU_BYTES = 1 << 20, EDU_RAISE = 0x60 };

static struct slot {
    struct interrupt interrupt;
    struct interrupt_message message;
} slots[SLOTS];

static struct device {
    DEVICE struct pci_header *header;
    DEVICE char *registers;
} devices[DEVICES];

static uint64_t results[PROBE_WORDS_MAX], order[ORDER_MAX];
static size_t order_count;

static bool serve(void *context)
{
    const struct slot *slot = context;

    if (order_count < ORDER_MAX)
        order[order_count++] = (uint64_t)(slot - slots);
    return true;
}

/* The device, ready to be used; NULL when there is none. */
static struct device *device_at(uint64_t index)
{
    struct device *device = index < DEVICES ? &devices[index] : NULL;

    if (device == NULL || device->registers != NULL)
        return device;
    device->header = pci_find(EDU_VENDOR, EDU_DEVICE, index);
    uint64_t address = device->header != NULL ? pci_place(device->header, EDU_BYTES) : 0;
    if (address != 0)
        device->registers = device_map(address, EDU_RAISE + sizeof(uint32_t));
    return device->registers != NULL ? device : NULL;
}

static int64_t attach(struct slot *slot, uint64_t id)
{
    return interrupt_attach_message(&slot->interrupt, (uint32_t)id, &slot->message);
}

static int64_t give(struct slot *slot, uint64_t index)
{
    const struct device *device = device_at(index);

    return device != NULL && pci_set_message(device->header, slot->message.address,
                                             (uint16_t)slot->message.data)
               ? OK
               : ERROR_NOT_FOUND;
}

static int64_t attach_device(struct slot *slot, uint64_t index)
{
    const struct device *device = device_at(index);

    if (device == NULL)
        return ERROR_NOT_FOUND;
    int64_t error = attach(slot, pci_requester(device->header));
    return error == OK ? give(slot, index) : error;
}

static int64_t set_processor(struct slot *slot, uint64_t index)
{
    return interrupt_set_processor(&slot->interrupt, index, &slot->message);
}

static int64_t mask(struct slot *slot, uint64_t unused)
{
    (void)unused;
    interrupt_mask(&slot->interrupt);
    return OK;
}

static int64_t unmask(struct slot *slot, uint64_t unused)
{
    (void)unused;
    interrupt_unmask(&slot->interrupt);
    return OK;
}

static int64_t detach(struct slot *slot, uint64_t unused)
{
    (void)unused;
    interrupt_detach(&slot->interrupt);
    return OK;
}

static int64_t count(struct slot *slot, uint64_t unused)
{
    (void)unused;
    return (int64_t)slot->interrupt.count;
}

static int64_t number(struct slot *slot, uint64_t unused)
{
    (void)unused;
    return slot->interrupt.number;
}

static int64_t raise_message(struct slot *unused, uint64_t index)
{
    const struct device *device = device_at(index);

    (void)unused;
    if (device == NULL)
        return ERROR_NOT_FOUND;
    *(DEVICE uint32_t *)(device->registers + EDU_RAISE) = 1;
    return OK;
}

static int64_t wait(struct slot *unused, uint64_t nanoseconds)
{
    uint64_t end = clock_now() + nanoseconds;

    (void)unused;
    cpu_interrupts_restore(true);
    while (clock_now() < end)
        cpu_relax();
    (void)cpu_interrupts_disable();
    return OK;
}

static const struct step {
    const char *name;
    int64_t (*run)(struct slot *slot, uint64_t argument);
    bool has_slot;
    bool has_argument;
} steps[] = {
    {"attach", attach, true, true},  {"attach_device", attach_device, true, true},
    {"give", give, true, true},      {"processor", set_processor, true, true},
    {"mask", mask, true, false},     {"unmask", unmask, true, false},
    {"detach", detach, true, false}, {"count", count, true, false},
    {"number", number, true, false}, {"raise", raise_message, false, true},
    {"wait", wait, false, true},
};

/* Runs the step at word *place, and steps over it. */
static int run_step(const struct probe_request *request, int *place, uint64_t *result)
{
    uint64_t slot = 0, argument = 0;
    size_t i = 0;

    while (i < ARRAY_COUNT(steps) && !string_equal(steps[i].name, request->words[*place]))
        i++;
    if (i == ARRAY_COUNT(steps))
        return ERROR_USAGE;
    ++*place;
    if (steps[i].has_slot && (!probe_number(request, (*place)++, &slot) || slot >= SLOTS))
        return ERROR_USAGE;
    if (steps[i].has_argument && !probe_number(request, (*place)++, &argument))
        return ERROR_USAGE;
    *result = (uint64_t)steps[i].run(&slots[slot], argument);
    return OK;
}

static int run_steps(struct probe_request *request)
{
    size_t result_count = 0;

    order_count = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        if (slots[i].interrupt.handler == NULL)
            slots[i].interrupt =
                (struct interrupt){.name = "edu", .handler = serve, .context = &slots[i]};
    }
    for (int place = 0; place < request->count; result_count++) {
        int error = run_step(request, &place, &results[result_count]);
        if (error != OK)
            return error;
    }
    probe_fact_list(request, "results", results, result_count);
    probe_fact_list(request, "order", order, order_count);
    return OK;
}
PROBE(messages_steps)
= {.name = "messages.steps", .run = run_steps, .needs_quiet = true};
