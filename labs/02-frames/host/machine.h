/**
 * @file
 * A machine in a host program: memory with holes and nodes, for the allocators to run on.
 *
 * Physical memory is an arena of address space. What no usable range covers can't be accessed, so
 * that an allocator which touches a byte of it ends the program. HOST_MACHINE in the environment
 * chooses one of the machines in machine.c, COMMAND_LINE is the kernel's command line.
 */
#pragma once

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Every machine's memory ends here at the latest. */
#define MACHINE_END (UINT64_C(5) << 30)

/** Whether the processor's interrupts are on. */
extern bool machine_interrupts_on;

/** Fills boot_info and makes the memory; then the caller starts what it tries. */
void machine_start(void);

/** What the start of the frame allocator must have reported, and nothing else, of memory left out.
 */
void machine_check_start(void);

/** Whether the log says @p text since it was forgotten last. */
bool machine_said(const char *text);

/** Forgets what the log says; of what is too much for it the end is not kept. */
void machine_forget(void);

/** Where a panic goes, instead of ending the program; NULL again after one. */
extern jmp_buf *machine_panic;

/** The node that a physical address belongs to. */
unsigned machine_node(uint64_t physical);

/** A fuzzer's entry, and its start, which is machine_start() if it has none of its own. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *count, char ***words);

/** Ends the program with a message: a promise was broken. */
_Noreturn void machine_fail(const char *file, int line, const char *text);

#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition))                                                                          \
            machine_fail(__FILE__, __LINE__, #condition);                                          \
    } while (0)

/** Bytes that decide what a fuzzer does next. */
struct bytes {
    const uint8_t *next;
    size_t left;
};

/** The next byte, 0 at the end. */
uint8_t bytes_take(struct bytes *bytes);

/** The next bytes as a number below @p limit, which is not 0. */
uint64_t bytes_below(struct bytes *bytes, uint64_t limit);

/** Whether allocations are being made to fail. */
extern bool machine_fails;

/** Makes the @p count-th allocation from now on and all later ones fail; or ends that. */
void machine_turn_failures(uint64_t count);

/** Has a fuzzer operate until its input is used up; then no allocation fails any more. */
void machine_operate(const uint8_t *data, size_t size, void (*operate)(struct bytes *bytes));

/** Counts operations; the sum is printed at the end. */
void machine_count(uint64_t operations);
