/*
 * Interrupts between controllers and those who wait for them: numbers, chains, and counts.
 *
 * The life of a line: it is masked at first. The first interrupt_attach() gives it a number, has
 * the controller connect the two, and unmasks it; more may join as long as the line is a level and
 * they agree on the trigger. Each time it rings, interrupt_handle() calls all of the number's
 * chain. The last interrupt_detach() masks it and gives the number back.
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
static const struct interrupt_controller *controller; /* constant after start-up */

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

static void join(struct interrupt *interrupt, uint32_t number) REQUIRES(interrupt_lock)
{
    interrupt->number = number;
    interrupt->count = 0;
    interrupt->next = table.chains[number];
    table.chains[number] = interrupt;
}

static bool is_level(enum interrupt_trigger trigger)
{
    return trigger == INTERRUPT_LEVEL_HIGH || trigger == INTERRUPT_LEVEL_LOW;
}

/* Gives a line that nobody uses a number and connects the two. */
static int connect_line(uint32_t line, enum interrupt_trigger trigger, uint32_t *number)
    REQUIRES(interrupt_lock)
{
    *number = controller->fixed_number(line);
    if (*number == INTERRUPT_NONE)
        *number = free_number();
    else if (*number >= INTERRUPT_NUMBERS)
        return ERROR_NOT_FOUND; /* a fixed number is the line's own */
    if (*number == INTERRUPT_NONE)
        return ERROR_NO_SPACE;
    int error = controller->configure(line, *number, boot_info.boot_hardware_id, trigger);
    if (error == OK)
        triggers[*number] = trigger;
    return error;
}

//@quote [attach-line]
static int attach_line(struct interrupt *interrupt, uint32_t line, enum interrupt_trigger trigger)
    REQUIRES(interrupt_lock)
{
    uint32_t number = number_of_line(line);

    if (number != INTERRUPT_NONE) {
        if (!is_level(trigger) || triggers[number] != trigger)
            return ERROR_BUSY;
    } else {
        int error = connect_line(line, trigger, &number);
        if (error != OK)
            return error;
    }
    interrupt->line = line;
    join(interrupt, number);
    controller->unmask(line);
    return OK;
}
//@quote [attach-line]

int interrupt_attach(struct interrupt *interrupt, uint32_t line, enum interrupt_trigger trigger)
{
    if (controller == NULL)
        return ERROR_NOT_FOUND;
    spinlock_acquire(&interrupt_lock);
    int error = attach_line(interrupt, line, trigger);
    spinlock_release(&interrupt_lock);
    return error;
}

static int attach_message(struct interrupt *interrupt, struct interrupt_message *message)
    REQUIRES(interrupt_lock)
{
    uint32_t number = free_number();

    if (number == INTERRUPT_NONE)
        return ERROR_NO_SPACE;
    int error = controller->message(number, boot_info.boot_hardware_id, message);
    if (error != OK)
        return error;
    interrupt->line = INTERRUPT_NONE;
    join(interrupt, number);
    return OK;
}

int interrupt_attach_message(struct interrupt *interrupt, struct interrupt_message *message)
{
    if (controller == NULL || controller->message == NULL)
        return ERROR_NOT_SUPPORTED;
    spinlock_acquire(&interrupt_lock);
    int error = attach_message(interrupt, message);
    spinlock_release(&interrupt_lock);
    return error;
}

void interrupt_detach(struct interrupt *interrupt)
{
    spinlock_acquire(&interrupt_lock);
    struct interrupt **place = &table.chains[interrupt->number];
    while (*place != NULL && *place != interrupt)
        place = &(*place)->next;
    if (*place != NULL) {
        *place = interrupt->next;
        if (table.chains[interrupt->number] == NULL && interrupt->line != INTERRUPT_NONE)
            controller->mask(interrupt->line);
    }
    spinlock_release(&interrupt_lock);
}

void interrupt_mask(const struct interrupt *interrupt)
{
    if (interrupt->line != INTERRUPT_NONE)
        controller->mask(interrupt->line);
}

void interrupt_unmask(const struct interrupt *interrupt)
{
    if (interrupt->line != INTERRUPT_NONE)
        controller->unmask(interrupt->line);
}

int interrupt_set_processor(const struct interrupt *interrupt, size_t index)
{
    if (index >= boot_info.processor_count)
        return ERROR_OUT_OF_RANGE;
    if (interrupt->line == INTERRUPT_NONE)
        return ERROR_NOT_SUPPORTED;
    spinlock_acquire(&interrupt_lock);
    int error =
        controller->configure(interrupt->line, interrupt->number,
                              boot_info.processors[index].hardware_id, triggers[interrupt->number]);
    if (error == OK)
        controller->unmask(interrupt->line);
    spinlock_release(&interrupt_lock);
    return error;
}

static int interrupt_init(void)
{
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
