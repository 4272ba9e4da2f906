/*
 * The console: finds the serial port that boot_info names, and reads and writes it.
 *
 * The lock keeps lines whole. Before console_init(), and on a machine without a console, output is
 * dropped: the log's ring has it.
 */
#include "console/console.h"

#include "arch/cpu.h"
#include "cairn/error.h"
#include "format/format.h"
#include "init/init.h"
#include "log/log.h"
#include "sync/spinlock.h"

/* So many damaged bytes in a row are skipped at once: a dead line must not hold the reader. */
enum { DAMAGED_MAX = 64 };

/* How often UART_PATIENCE may run out for one byte. */
enum { SEND_TURNS = 20 };

static struct spinlock console_lock = SPINLOCK("console");
static struct uart console_uart GUARDED_BY(console_lock);
static const struct console_driver *console_driver GUARDED_BY(console_lock);
static bool console_stalled GUARDED_BY(console_lock); /* the last byte was given up */

/*
 * Sends a byte that the port didn't take. A terminal that stops reading for a while holds an
 * emulated port up for longer than a driver's patience, so a byte gets several turns of it; once
 * one was given up, the next bytes get a single turn, until the port takes one again.
 */
static __attribute__((noinline)) int send_patiently(char byte) REQUIRES(console_lock)
{
    int error = ERROR_TIMED_OUT;

    for (unsigned turn = 1; error != OK && !console_stalled && turn < SEND_TURNS; turn++)
        error = console_driver->send(&console_uart, (uint8_t)byte);
    console_stalled = error != OK;
    return error;
}

static inline int send_byte(char byte) REQUIRES(console_lock)
{
    if (console_driver->send(&console_uart, (uint8_t)byte) != OK)
        return send_patiently(byte);
    console_stalled = false;
    return OK;
}

//@quote [send-all]
static void send_all(const char *text, size_t size) REQUIRES(console_lock)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n' && send_byte('\r') != OK)
            return;
        if (send_byte(text[i]) != OK)
            return;
    }
}
//@quote [send-all]

void console_write(const char *text, size_t size)
{
    spinlock_acquire(&console_lock);
    if (console_driver != NULL)
        send_all(text, size);
    spinlock_release(&console_lock);
}

void console_print(const char *format, ...)
{
    char text[LOG_LINE_MAX];
    va_list arguments;

    va_start(arguments, format);
    size_t length = format_text_list(text, sizeof(text), format, arguments);
    va_end(arguments);
    console_write(text, length < sizeof(text) ? length : sizeof(text) - 1);
}

int console_read(void)
{
    int result = ERROR_WOULD_BLOCK;

    spinlock_acquire(&console_lock);
    for (unsigned damaged = 0; console_driver != NULL && damaged < DAMAGED_MAX; damaged++) {
        result = console_driver->receive(&console_uart);
        if (result != ERROR_DEVICE)
            break;
    }
    spinlock_release(&console_lock);
    return result == ERROR_DEVICE ? ERROR_WOULD_BLOCK : result;
}

bool console_seize(bool held) NO_LOCK_ANALYSIS
{
    bool before = console_lock.held;

    console_lock.held = held;
    return before;
}

const struct uart *console_port(void)
{
    spinlock_acquire(&console_lock);
    const struct uart *port = console_driver != NULL ? &console_uart : NULL;
    spinlock_release(&console_lock);
    return port;
}

__attribute__((weak)) void console_wait(void)
{
    cpu_relax();
}

INIT_TEXT static int console_init(void)
{
    const struct console_driver *driver = &console_drivers[boot_info.console.kind];
    struct uart uart;

    if (driver->start == NULL)
        return ERROR_NOT_FOUND;
    int error = uart_describe(&boot_info.console, &uart);
    if (error != OK)
        return error;
    spinlock_acquire(&console_lock);
    console_uart = uart;
    driver->start(&console_uart);
    console_driver = driver;
    spinlock_release(&console_lock);
    return OK;
}
INIT_CALL(console, console_init);
