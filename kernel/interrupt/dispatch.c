/*
 * Exercise 3.3: calling those who wait for an interrupt. The contract is in interrupt.h.
 */
#include "interrupt/interrupt.h"
#include "plain/plain.h"

//@exercise 3.3 Call those who wait
bool interrupt_dispatch(struct interrupt_table *table, uint32_t number)
{
    bool served = false;

    if (number == INTERRUPT_NONE) {
        table->spurious++;
        return false;
    }
    struct interrupt *interrupt = number < INTERRUPT_NUMBERS ? table->chains[number] : NULL;
    while (interrupt != NULL) {
        /* The handler may take its own entry out of the chain. */
        struct interrupt *next = interrupt->next;
        if (interrupt->handler(interrupt->context)) {
            interrupt->count++;
            served = true;
        }
        interrupt = next;
    }
    if (!served)
        table->unclaimed++;
    return served;
}
//@stub
// bool interrupt_dispatch(struct interrupt_table *table, uint32_t number)
// {
//     (void)table;
//     (void)number;
//     todo("3.3");
//     return false;
// }
//@end
