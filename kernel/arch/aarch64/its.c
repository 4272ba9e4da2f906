/*
 * Messages through the ITS: its commands, and what they say about devices and events.
 *
 * An event of a device always has the same number, whoever the device is, so it is free when the
 * number is. A device gets its table of events with its first message, and keeps it.
 */
#include "its.h"

#include "boot/boot.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "log/log.h"

enum { COMMAND_WORDS = 4, CREADR_STALLED = 1 << 0, PROPERTY_ENABLED = 1 << 0, ID_SHIFT = 32 };

_Static_assert(1 << ITS_EVENT_BITS == MESSAGES, "every message is an event of any device");
_Static_assert(MESSAGES *ITS_EVENT_BYTES_MAX <= PAGE_SIZE, "a table of events is one frame");

struct its its;
static uint64_t have_tables[ITS_DEVICES_MAX / 64]; /* a bit a device */
static uint16_t owners[MESSAGES];                  /* the device of each event */
static uint32_t queue_end;                         /* in words */
static bool stalled;

static void put(uint64_t first, uint64_t second, uint64_t third)
{
    uint64_t *command = its.queue + queue_end;

    command[0] = first;
    command[1] = second;
    command[2] = third;
    command[3] = 0;
    queue_end = (queue_end + COMMAND_WORDS) % (ITS_QUEUE_BYTES / sizeof(*command));
}

//@quote [its-command]
int its_command(uint64_t first, uint64_t second, uint64_t third)
{
    uint64_t read = CREADR_STALLED;

    if (stalled)
        return ERROR_DEVICE;
    put(first, second, third);
    put(ITS_SYNC, 0, its.target);
    __asm__ volatile("dsb sy" ::: "memory"); /* the ITS reads what was written */
    *(DEVICE uint64_t *)(its.registers + GITS_CWRITER) = queue_end * sizeof(*its.queue);
    for (unsigned poll = 0; poll < GIC_PATIENCE; poll++) {
        read = *(DEVICE uint64_t *)(its.registers + GITS_CREADR);
        if (read == queue_end * sizeof(*its.queue))
            return OK;
        if ((read & CREADR_STALLED) != 0)
            break;
    }
    stalled = true;
    log_error("the ITS has stalled at %#llx", (unsigned long long)read);
    return ERROR_DEVICE;
}
//@quote [its-command]

/* Gives the device a table of events if it has none. The ITS may use it even after an error. */
static int add_device(uint32_t id)
{
    const struct frame_request request = {.count = 1, .owner = FRAME_KERNEL, .zeroed = true};
    uint64_t bit = UINT64_C(1) << id % 64;
    uint64_t events;

    if (id >= its.devices)
        return ERROR_NOT_SUPPORTED;
    if ((have_tables[id / 64] & bit) != 0)
        return OK;
    int error = frames_allocate(&request, &events);
    if (error == OK)
        error = its_command(ITS_MAPD | (uint64_t)id << ID_SHIFT, ITS_EVENT_BITS - 1,
                            events | ITS_VALID);
    if (error == OK)
        have_tables[id / 64] |= bit;
    return error;
}

/* Does a command about one event, of the device that owns it. */
static int event_command(uint64_t command, uint32_t event, uint64_t second)
{
    return its_command(command | (uint64_t)owners[event] << ID_SHIFT, event | second,
                       ITS_COLLECTION);
}

static int connect(uint32_t number, uint32_t id)
{
    uint32_t event = number - MESSAGE_FIRST;
    int error = add_device(id);

    if (error != OK)
        return error;
    owners[event] = (uint16_t)id;
    return event_command(ITS_MAPTI, event, (uint64_t)(LPI_FIRST + number) << ID_SHIFT);
}

static void disconnect(uint32_t number)
{
    (void)event_command(ITS_DISCARD, number - MESSAGE_FIRST, 0);
}

/* Changes the LPI's byte, and tells the ITS; an LPI that is held back stays pending. */
static void hold(uint32_t number, bool held)
{
    its.properties[number - MESSAGE_FIRST] = ITS_PRIORITY | (held ? 0 : PROPERTY_ENABLED);
    (void)event_command(ITS_INV, number - MESSAGE_FIRST, 0);
}

/* Other processors have no table of pending LPIs until they run. */
static int message(uint32_t number, const struct boot_processor *target,
                   struct interrupt_message *message)
{
    if (target->hardware_id != boot_info.boot_hardware_id)
        return ERROR_NOT_SUPPORTED;
    message->address = its.translater;
    message->data = number - MESSAGE_FIRST;
    return OK;
}

const struct message_controller its_messages = {message, connect, disconnect, hold};
