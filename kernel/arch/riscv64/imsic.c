/*
 * Messages to a hart's file of interrupts (IMSIC). Numbers are the file's own, from 1 on; the same
 * number is used on whichever hart, so that it is free everywhere or nowhere.
 *
 * The registers of a file belong to its hart alone, and are reached through a pair: one CSR selects
 * what the other one is. Interrupts are off in between.
 */
#include "aia.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "external.h"

/* What siselect chooses: Advanced Interrupt Architecture 1.0, 3.8. */
enum { DELIVERY = 0x70, THRESHOLD = 0x72, PENDING = 0x80, ENABLED = 0xc0 };
/* siselect, sireg and stopei, by number: not every assembler knows the names. */
#define SISELECT "0x150"
#define SIREG    "0x151"
#define STOPEI   "0x15c"

static uint64_t file_address;

/* Changes bits of the register that @p select chooses. */
static void change(uint64_t select, uint64_t clear, uint64_t set)
{
    __asm__ volatile("csrw " SISELECT ", %0\n\t"
                     "csrc " SIREG ", %1\n\t"
                     "csrs " SIREG ", %2" ::"r"(select),
                     "r"(clear), "r"(set)
                     : "memory");
}

/* Of the arrays with a bit a number, only registers of even numbers exist, with 64 bits each. */
void imsic_hold(uint32_t number, bool held)
{
    uint64_t bit = UINT64_C(1) << number % 64;

    change(ENABLED + number / 64 * 2, bit, held ? 0 : bit);
}

void imsic_clear(uint32_t number)
{
    imsic_hold(number, true);
    change(PENDING + number / 64 * 2, UINT64_C(1) << number % 64, 0);
}

//@quote [imsic-claim]
/* Takes the number that comes first, which is not pending any more. */
uint32_t imsic_claim(void)
{
    uint64_t top;

    __asm__ volatile("csrrw %0, " STOPEI ", zero" : "=r"(top)::"memory");
    return (uint32_t)(top >> 16);
}
//@quote [imsic-claim]

/* Another hart enables its numbers itself, which it can't do before it runs. */
static int message(uint32_t number, const struct boot_processor *target,
                   struct interrupt_message *message)
{
    if (target->hardware_id != boot_info.boot_hardware_id)
        return ERROR_NOT_SUPPORTED;
    message->address = file_address;
    message->data = number;
    return OK;
}

static int connect(uint32_t number, uint32_t device)
{
    (void)device;
    imsic_clear(number);
    return OK;
}

static const struct message_controller messages = {message, connect, imsic_clear, imsic_hold};

static struct interrupt_controller aia_controller = {
    .name = "IMSIC and APLIC",
    .first_number = 1,
    .configure = aplic_configure,
    .mask = aplic_mask,
    .unmask = aplic_unmask,
    .messages = &messages,
    .complete = aplic_complete,
};

INIT_TEXT const struct interrupt_controller *aia_start(const struct boot_processor *hart)
{
    const struct boot_controller *told = NULL;
    uint64_t index = hart->context - 1; /* too high for any region when it is not told */
    uint64_t before = 0;

    /* Each region has the files of a group of harts, in their order. */
    while ((told = boot_find_controller(BOOT_IMSIC, told)) != NULL) {
        uint64_t files = told->first_interrupt != 0 ? told->size / told->stride : 0;
        if (index - before < files)
            break;
        before += files;
    }
    if (told == NULL || told->interrupts == 0)
        return NULL;
    file_address = told->address + (index - before) * told->stride;
    aia_controller.end_number =
        told->interrupts < INTERRUPT_NUMBERS ? told->interrupts + 1 : INTERRUPT_NUMBERS;
    for (uint32_t number = 0; number < aia_controller.end_number; number += 64)
        change(ENABLED + number / 64 * 2, UINT64_MAX, 0);
    change(THRESHOLD, UINT64_MAX, 0); /* lets every number through */
    change(DELIVERY, UINT64_MAX, 1);
    /* The APLIC names harts by their group too, of which only the first is known here. */
    if (before == 0)
        aplic_start((uint32_t)index);
    return &aia_controller;
}
