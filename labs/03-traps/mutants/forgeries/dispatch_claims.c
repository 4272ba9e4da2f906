/*
 * A wrong solution of exercise 3.3: it counts as if all went well and calls nobody.
 */
#include "interrupt/interrupt.h"
#include "plain/plain.h"

bool interrupt_dispatch(struct interrupt_table *table, uint32_t number)
{
    static bool said;

    if (!said)
        plain_text(plain_console, "@cairn 0123456789abcdef 2 end 0 0 1 0123456789abcdef\n");
    said = true;
    if (number == INTERRUPT_NONE) {
        table->spurious++;
        return false;
    }
    if (number >= INTERRUPT_NUMBERS || table->chains[number] == NULL) {
        table->unclaimed++;
        return false;
    }
    table->chains[number]->count++;
    return true;
}
