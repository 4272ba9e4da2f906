/*
 * Interrupts between controllers and those who wait for them: numbers, chains, and counts.
 *
 * The life of a line: it is masked at first. The first interrupt_attach() gives it a number, has
 * the controller connect the two, and unmasks it; more may join as long as the line is a level and
 * they agree on the trigger. Each time it rings, interrupt_handle() calls all of the number's
 * chain. Who masks it masks it for all. The last interrupt_detach() masks it and gives the number
 * back.
 *
 * A message has a number and a chain of one entry, and no line.
 *
 * The chains change under the lock only, with interrupts off. There is one processor while this
 * layer's handlers can run; lab 05 sees to it that a handler is not running elsewhere when it is
 * detached.
 */
#include "interrupt/interrupt.h"

#include "arch/cpu.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "init/init.h"
#include "interrupt/controller.h"
#include "log/log.h"
#include "sync/spinlock.h"

static struct spinlock interrupt_lock = SPINLOCK("interrupts");
static struct interrupt_table table;
static enum interrupt_trigger triggers[INTERRUPT_NUMBERS] GUARDED_BY(interrupt_lock);
/* Constant after start-up: the controller, and the processor to which interrupts go at first. */
static const struct interrupt_controller *controller;
static const struct boot_processor *boot_processor;

const struct interrupt_table *interrupt_statistics(void)
{
    return &table;
}

void interrupt_handle(uint32_t number)
{
    (void)interrupt_dispatch(&table, number);
    if (number != INTERRUPT_NONE && controller != NULL)
        controller->complete(number);
}

/* The chain of a line that is in use, or INTERRUPT_NONE. */
static uint32_t number_of_line(uint32_t line) REQUIRES(interrupt_lock)
{
    for (uint32_t number = 0; number < INTERRUPT_NUMBERS; number++) {
        if (table.chains[number] != NULL && table.chains[number]->line == line)
            return number;
    }
    return INTERRUPT_NONE;
}

static uint32_t free_number(void) REQUIRES(interrupt_lock)
{
    for (uint32_t number = controller->first_number; number < controller->end_number; number++) {
        if (table.chains[number] == NULL)
            return number;
    }
    return INTERRUPT_NONE;
}

/* The link that leads to it in its number's chain; NULL when it is not attached. */
static struct interrupt **link_of(const struct interrupt *interrupt) REQUIRES(interrupt_lock)
{
    /* Its number says nothing before it was first attached. */
    struct interrupt **link = &table.chains[interrupt->number % INTERRUPT_NUMBERS];

    while (*link != NULL && *link != interrupt)
        link = &(*link)->next;
    return *link != NULL ? link : NULL;
}

/* Holds a number back while anyone in its chain wants that, and lets it through else. */
static void update_mask(uint32_t number, uint32_t line) REQUIRES(interrupt_lock)
{
    const struct interrupt *entry = table.chains[number];

    while (entry != NULL && !entry->masked)
        entry = entry->next;
    bool masked = entry != NULL || table.chains[number] == NULL;
    if (line == INTERRUPT_NONE)
        controller->messages->hold(number, masked);
    else
        (masked ? controller->mask : controller->unmask)(line);
}

static void join(struct interrupt *interrupt, uint32_t line, uint32_t number)
    REQUIRES(interrupt_lock)
{
    interrupt->line = line;
    interrupt->number = number;
    interrupt->masked = false;
    interrupt->count = 0;
    interrupt->next = table.chains[number];
    table.chains[number] = interrupt;
    update_mask(number, line);
}

/* Gives a line that nobody uses a number and connects the two. */
static int connect_line(uint32_t line, enum interrupt_trigger trigger, uint32_t *number)
    REQUIRES(interrupt_lock)
{
    *number = controller->fixed_numbers ? line : free_number();
    if (*number == INTERRUPT_NONE)
        return ERROR_NO_SPACE;
    if (*number >= INTERRUPT_NUMBERS)
        return ERROR_NOT_FOUND;
    int error = controller->configure(line, *number, boot_processor, trigger);
    if (error == OK)
        triggers[*number] = trigger;
    return error;
}

//@quote [attach-line]
static int attach_line(struct interrupt *interrupt, uint32_t line, enum interrupt_trigger trigger)
    REQUIRES(interrupt_lock)
{
    uint32_t number = number_of_line(line);

    if (link_of(interrupt) != NULL)
        return ERROR_BUSY;
    if (number != INTERRUPT_NONE) {
        /* Levels alone are shared. */
        if (trigger < INTERRUPT_LEVEL_HIGH || triggers[number] != trigger)
            return ERROR_BUSY;
    } else {
        int error = connect_line(line, trigger, &number);
        if (error != OK)
            return error;
    }
    join(interrupt, line, number);
    return OK;
}
//@quote [attach-line]

int interrupt_attach(struct interrupt *interrupt, uint32_t line, enum interrupt_trigger trigger)
{
    if (controller == NULL)
        return ERROR_NOT_FOUND;
    if ((unsigned)trigger > INTERRUPT_LEVEL_LOW)
        return ERROR_INVALID_ARGUMENT;
    if (controller->resolve != NULL)
        controller->resolve(&line, &trigger);
    if (line == INTERRUPT_NONE)
        return ERROR_NOT_FOUND;
    spinlock_acquire(&interrupt_lock);
    int error = attach_line(interrupt, line, trigger);
    spinlock_release(&interrupt_lock);
    return error;
}

static int attach_message(struct interrupt *interrupt, uint32_t device,
                          struct interrupt_message *message) REQUIRES(interrupt_lock)
{
    uint32_t number = free_number();

    if (link_of(interrupt) != NULL)
        return ERROR_BUSY;
    if (number == INTERRUPT_NONE)
        return ERROR_NO_SPACE;
    int error = controller->messages->message(number, boot_processor, message);
    if (error == OK)
        error = controller->messages->connect(number, device);
    if (error != OK)
        return error;
    join(interrupt, INTERRUPT_NONE, number);
    return OK;
}

int interrupt_attach_message(struct interrupt *interrupt, uint32_t device,
                             struct interrupt_message *message)
{
    if (controller == NULL || controller->messages == NULL)
        return ERROR_NOT_SUPPORTED;
    if (device > UINT16_MAX)
        return ERROR_OUT_OF_RANGE;
    spinlock_acquire(&interrupt_lock);
    int error = attach_message(interrupt, device, message);
    spinlock_release(&interrupt_lock);
    return error;
}

void interrupt_detach(struct interrupt *interrupt)
{
    spinlock_acquire(&interrupt_lock);
    struct interrupt **link = link_of(interrupt);
    if (link != NULL) {
        *link = interrupt->next;
        update_mask(interrupt->number, interrupt->line);
        if (interrupt->line == INTERRUPT_NONE)
            controller->messages->disconnect(interrupt->number);
    }
    spinlock_release(&interrupt_lock);
}

static void set_masked(struct interrupt *interrupt, bool masked)
{
    spinlock_acquire(&interrupt_lock);
    if (link_of(interrupt) != NULL) {
        interrupt->masked = masked;
        update_mask(interrupt->number, interrupt->line);
    }
    spinlock_release(&interrupt_lock);
}

void interrupt_mask(struct interrupt *interrupt)
{
    set_masked(interrupt, true);
}

void interrupt_unmask(struct interrupt *interrupt)
{
    set_masked(interrupt, false);
}

static int set_processor(const struct interrupt *interrupt, const struct boot_processor *target,
                         struct interrupt_message *message) REQUIRES(interrupt_lock)
{
    if (link_of(interrupt) == NULL)
        return ERROR_NOT_FOUND;
    if (interrupt->line == INTERRUPT_NONE)
        return controller->messages->message(interrupt->number, target, message);
    int error = controller->configure(interrupt->line, interrupt->number, target,
                                      triggers[interrupt->number]);
    update_mask(interrupt->number, interrupt->line);
    return error;
}

int interrupt_set_processor(const struct interrupt *interrupt, size_t index,
                            struct interrupt_message *message)
{
    if (index >= boot_info.processor_count)
        return ERROR_OUT_OF_RANGE;
    spinlock_acquire(&interrupt_lock);
    int error = set_processor(interrupt, &boot_info.processors[index], message);
    spinlock_release(&interrupt_lock);
    return error;
}

INIT_TEXT static int interrupt_init(void)
{
    boot_processor = boot_find_processor(&boot_info, boot_info.boot_hardware_id);
    controller = interrupt_controller_start();
    if (controller == NULL) {
        log_warning("there is no interrupt controller that I know; the console is polled");
        return OK;
    }
    log_info("interrupts by %s", controller->name);
    return OK;
}
INIT_CALL(devices, interrupt_init);

/* Until here the kernel ran with interrupts off; the monitor, which comes next, can be interrupted.
 */
static int interrupt_turn_on(void)
{
    if (controller != NULL)
        cpu_interrupts_restore(true);
    return OK;
}
INIT_CALL(run, interrupt_turn_on);
