/*
 * Taking the exception vectors away and then faulting: on x86-64 a triple fault, which resets the
 * machine; on the others a fault within the fault, for ever. This is a test and not part of the
 * kernel, so one file may hold all three architectures.
 */
#include <stdint.h>

#include "probe/probe.h"

#if defined(__x86_64__)
static void crash(void)
{
    const struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } no_vectors = {0, 0};

    __asm__ volatile("lidt %0\n\tud2" : : "m"(no_vectors));
}
#elif defined(__aarch64__)
static void crash(void)
{
    __asm__ volatile("msr vbar_el1, xzr\n\tisb\n\tbrk #0");
}
#elif defined(__riscv)
static void crash(void)
{
    __asm__ volatile("csrw stvec, zero\n\tebreak");
}
#endif

static int hostile_crash(struct probe_request *request)
{
    (void)request;
    crash();
    return OK;
}
PROBE(hostile_crash)
= {.name = "hostile.crash", .run = hostile_crash};
