/*
 * `interrupts`: who waits for which interrupt, and how often they came.
 */
#include "console/console.h"
#include "interrupt/interrupt.h"
#include "monitor/monitor.h"
#include "trap/trap.h"

static void print_interrupt(const struct interrupt *interrupt)
{
    if (interrupt->line == INTERRUPT_NONE)
        console_print("  %6u  message", interrupt->number);
    else
        console_print("  %6u  %7u", interrupt->number, interrupt->line);
    console_print("  %10llu  %s\n", (unsigned long long)interrupt->count, interrupt->name);
}

static int interrupts_run(int count, char **words)
{
    const struct interrupt_table *table = interrupt_statistics();

    (void)words;
    if (count > 1)
        return ERROR_USAGE;
    console_print("  number     line       count  who\n");
    for (uint32_t number = 0; number < INTERRUPT_NUMBERS; number++) {
        for (const struct interrupt *entry = table->chains[number]; entry != NULL;
             entry = entry->next)
            print_interrupt(entry);
    }
    console_print("interrupts %llu, spurious %llu, unclaimed %llu; memory faults %llu, "
                  "breakpoints %llu\n",
                  (unsigned long long)trap_count(TRAP_INTERRUPT),
                  (unsigned long long)table->spurious, (unsigned long long)table->unclaimed,
                  (unsigned long long)trap_count(TRAP_MEMORY),
                  (unsigned long long)trap_count(TRAP_BREAKPOINT));
    return OK;
}

MONITOR_COMMAND(interrupts)
= {
    .name = "interrupts",
    .usage = "",
    .summary = "show who waits for which interrupt, and how often they came",
    .run = interrupts_run,
};
