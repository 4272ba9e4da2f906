/*
 * Probe uart.run: runs a UART driver against the simulated UART.
 *
 *   uart.run DRIVER BASE STRIDE CLOCK BAUD STEP...
 *
 * DRIVER is a driver's name; the next four words fill its struct uart. A step is a number: what to
 * do in bits 32 and up (enum step below), its argument in the bits below. Facts: `results`, what
 * each call returned (0 for start); `accesses`, the simulated UART's log, two numbers a record;
 * `records`, how many records there would be had all fitted.
 */
#include "console/console.h"
#include "lib/string.h"
#include "probe/probe.h"
#include "probe/simulated_uart.h"

enum step {
    STEP_START = 1,
    STEP_SEND = 2, /* argument: the byte */
    STEP_RECEIVE = 3,
    STEP_FULL = 4,    /* argument: so many polls from now find the transmitter full */
    STEP_ARRIVE = 5,  /* argument: a byte with its damage */
    STEP_REGISTER = 6 /* argument: bits 16-23 a register's number, 0-15 what it holds now */
};

enum { FIRST_STEP = 5 };

/*
 * A driver may wait in start() until the last byte has left. In send() it must not: room for one
 * byte is enough.
 */
enum { START_BUSY_POLLS = 20 };

static uint64_t results[PROBE_WORDS_MAX];
static size_t result_count;

static const struct console_driver *driver_named(const char *name)
{
    for (size_t kind = BOOT_CONSOLE_NONE + 1; kind < BOOT_CONSOLE_KINDS; kind++) {
        if (string_equal(console_drivers[kind].name, name))
            return &console_drivers[kind];
    }
    return NULL;
}

static void add_result(int result)
{
    results[result_count++] = (uint64_t)(int64_t)result;
}

static int run_step(const struct console_driver *driver, struct uart *uart, uint64_t step)
{
    uint32_t argument = (uint32_t)step;

    simulated_uart.busy_polls = UINT64_MAX;
    switch (step >> 32) {
    case STEP_START:
        simulated_uart.busy_polls = START_BUSY_POLLS;
        driver->start(uart);
        add_result(OK);
        return OK;
    case STEP_SEND:
        add_result(driver->send(uart, (uint8_t)argument));
        return OK;
    case STEP_RECEIVE:
        add_result(driver->receive(uart));
        return OK;
    case STEP_FULL:
        simulated_uart.full_polls = argument;
        return OK;
    case STEP_ARRIVE:
        return simulated_uart_arrive((uint16_t)argument) ? OK : ERROR_USAGE;
    case STEP_REGISTER:
        simulated_uart.registers[(argument >> 16) % SIMULATED_REGISTERS] = argument & 0xffff;
        return OK;
    default:
        return ERROR_USAGE;
    }
}

static void report(const struct probe_request *request)
{
    size_t kept = simulated_uart.record_count;

    if (kept > SIMULATED_RECORDS_MAX)
        kept = SIMULATED_RECORDS_MAX;
    probe_fact_list(request, "results", results, result_count);
    probe_fact(request, "records", simulated_uart.record_count);
    probe_fact_list(request, "accesses", simulated_uart.records[0], 2 * kept);
}

static int run_uart(struct probe_request *request)
{
    uint64_t base, stride, clock_hz, baud, step;

    if (request->count < FIRST_STEP || !probe_number(request, 1, &base) ||
        !probe_number(request, 2, &stride) || !probe_number(request, 3, &clock_hz) ||
        !probe_number(request, 4, &baud) || stride == 0)
        return ERROR_USAGE;
    const struct console_driver *driver = driver_named(request->words[0]);
    if (driver == NULL)
        return ERROR_NOT_FOUND;

    struct uart uart = {.access = &simulated_uart_access,
                        .base = base,
                        .stride = (unsigned)stride,
                        .clock_hz = (uint32_t)clock_hz,
                        .baud = (uint32_t)baud};
    simulated_uart_reset((enum boot_console_kind)(driver - console_drivers), base,
                         (unsigned)stride);
    result_count = 0;
    for (int i = FIRST_STEP; i < request->count; i++) {
        if (!probe_number(request, i, &step))
            return ERROR_USAGE;
        simulated_uart_record(SIMULATED_STEP | (unsigned)(i - FIRST_STEP));
        int error = run_step(driver, &uart, step);
        if (error != OK)
            return error;
    }
    report(request);
    return OK;
}
PROBE(uart_run)
= {.name = "uart.run", .run = run_uart};
