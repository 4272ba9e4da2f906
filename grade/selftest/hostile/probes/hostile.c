/*
 * Probes that do what no kernel should: the grader's own tests run them to see that each ends in a
 * clear failed mark, in bounded time.
 */
#include <stddef.h>

#include "arch/cpu.h"
#include "arch/machine.h"
#include "boot/boot.h"
#include "init/init.h"
#include "lib/string.h"
#include "panic/panic.h"
#include "plain/plain.h"
#include "probe/probe.h"
#include "probe/transport.h"

static int hostile_hang(struct probe_request *request)
{
    (void)request;
    for (;;)
        __asm__ volatile("");
    return ERROR_INTERRUPTED;
}
PROBE(hostile_hang)
= {.name = "hostile.hang", .run = hostile_hang};

static int hostile_sleep(struct probe_request *request)
{
    (void)request;
    cpu_halt();
}
PROBE(hostile_sleep)
= {.name = "hostile.sleep", .run = hostile_sleep};

/* Argument 0: how many loops; so many that most of a budget is used, not all. */
static int hostile_spin(struct probe_request *request)
{
    uint64_t loops;

    if (!probe_number(request, 0, &loops))
        return ERROR_USAGE;
    for (uint64_t i = 0; i < loops; i++)
        __asm__ volatile("");
    return OK;
}
PROBE(hostile_spin)
= {.name = "hostile.spin", .run = hostile_spin};

static int hostile_console_flood(struct probe_request *request)
{
    (void)request;
    for (;;)
        machine_debug_put('#');
    return ERROR_INTERRUPTED;
}
PROBE(hostile_console_flood)
= {.name = "hostile.console_flood", .run = hostile_console_flood};

static int hostile_line_flood(struct probe_request *request)
{
    (void)request;
    for (;;)
        transport_put('#');
    return ERROR_INTERRUPTED;
}
PROBE(hostile_line_flood)
= {.name = "hostile.line_flood", .run = hostile_line_flood};

static int hostile_fact_flood(struct probe_request *request)
{
    for (uint64_t i = 0;; i++)
        probe_fact(request, "more", i);
    return ERROR_INTERRUPTED;
}
PROBE(hostile_fact_flood)
= {.name = "hostile.fact_flood", .run = hostile_fact_flood};

/* Every byte there is, in an order that no terminal likes. */
static void put_garbage(plain_sink *sink)
{
    uint32_t state = 1;

    for (int i = 0; i < 4096; i++) {
        state = state * 1664525 + 1013904223;
        sink((char)(state >> 24));
    }
}

static int hostile_console_garbage(struct probe_request *request)
{
    (void)request;
    put_garbage(machine_debug_put);
    return OK;
}
PROBE(hostile_console_garbage)
= {.name = "hostile.console_garbage", .run = hostile_console_garbage};

static int hostile_line_garbage(struct probe_request *request)
{
    (void)request;
    put_garbage(transport_put);
    return OK;
}
PROBE(hostile_line_garbage)
= {.name = "hostile.line_garbage", .run = hostile_line_garbage};

static int hostile_power_off(struct probe_request *request)
{
    uint64_t status;

    if (!probe_number(request, 0, &status))
        return ERROR_USAGE;
    machine_power_off((unsigned)status);
}
PROBE(hostile_power_off)
= {.name = "hostile.power_off", .run = hostile_power_off};

static int hostile_reboot(struct probe_request *request)
{
    (void)request;
    machine_reboot();
}
PROBE(hostile_reboot)
= {.name = "hostile.reboot", .run = hostile_reboot};

static int hostile_panic(struct probe_request *request)
{
    (void)request;
    PANIC("this kernel gives up");
}
PROBE(hostile_panic)
= {.name = "hostile.panic", .run = hostile_panic};

static int hostile_wild_jump(struct probe_request *request)
{
    (void)request;
    /* Not a constant for the compiler, which would refuse the call. */
    volatile uintptr_t nowhere = 0x10;
    ((void (*)(void))nowhere)();
    return OK;
}
PROBE(hostile_wild_jump)
= {.name = "hostile.wild_jump", .run = hostile_wild_jump};

/* Before the grader's port is up; the command line says what: hostile=hang, sleep or reboot. */
static int hostile_at_start(void)
{
    const char *line = boot_info.command_line;

    if (string_equal(line, "hostile=hang"))
        for (;;)
            __asm__ volatile("");
    if (string_equal(line, "hostile=sleep"))
        cpu_halt();
    if (string_equal(line, "hostile=reboot"))
        machine_reboot();
    return OK;
}
INIT_CALL(boot, hostile_at_start);
