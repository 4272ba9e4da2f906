/*
 * The log's ring: records of a level and a line, one after another, the oldest overwritten first.
 *
 *   ring:  | head | text ... | head | text ... |      free      |
 *          ^ oldest                            ^ end
 *
 * Positions count bytes ever written and never wrap in practice; the ring's index is the position
 * modulo its size. A record never moves, so a reader walks from `oldest` to `end`.
 */
#include "log/log.h"

#include "arch/cpu.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "console/console.h"
#include "format/format.h"
#include "init/init.h"
#include "lib/string.h"
#include "lib/util.h"
#include "sync/spinlock.h"

enum { LOG_RING_SIZE = 16384 };
_Static_assert((LOG_RING_SIZE & (LOG_RING_SIZE - 1)) == 0, "positions are taken modulo the size");

struct log_head {
    uint8_t level;
    uint8_t length; /* of the text that follows */
};
_Static_assert(LOG_LINE_MAX - 1 <= UINT8_MAX, "a line's length fits its head");

static struct spinlock log_lock = SPINLOCK("log");
static char ring[LOG_RING_SIZE] GUARDED_BY(log_lock);
static uint64_t ring_oldest GUARDED_BY(log_lock);
static uint64_t ring_end GUARDED_BY(log_lock);
/* What the console shows; below LOG_ERROR nothing, as long as it has not been found. */
static int console_level GUARDED_BY(log_lock) = LOG_ERROR - 1;

static const char *const level_names[LOG_LEVELS] = {
    [LOG_ERROR] = "error", [LOG_WARNING] = "warning", [LOG_NOTICE] = "notice",
    [LOG_INFO] = "info",   [LOG_DEBUG] = "debug",
};

static void ring_copy_out(uint64_t position, void *bytes, size_t size) REQUIRES(log_lock)
{
    for (size_t i = 0; i < size; i++)
        ((char *)bytes)[i] = ring[(position + i) % LOG_RING_SIZE];
}

static void ring_append(const void *bytes, size_t size) REQUIRES(log_lock)
{
    for (size_t i = 0; i < size; i++)
        ring[(ring_end + i) % LOG_RING_SIZE] = ((const char *)bytes)[i];
    ring_end += size;
}

static uint64_t ring_next(uint64_t position, struct log_head *head) REQUIRES(log_lock)
{
    ring_copy_out(position, head, sizeof(*head));
    return position + sizeof(*head) + head->length;
}

static void ring_add_line(enum log_level level, const char *line, size_t length) REQUIRES(log_lock)
{
    struct log_head head = {.level = (uint8_t)level, .length = (uint8_t)length};
    struct log_head oldest;

    while (ring_end + sizeof(head) + length - ring_oldest > LOG_RING_SIZE)
        ring_oldest = ring_next(ring_oldest, &oldest);
    ring_append(&head, sizeof(head));
    ring_append(line, length);
}

/*
 * Writes "[    1.234567] " and returns its length; nothing while the clock's frequency is unknown.
 */
static size_t write_time(char *line, size_t size)
{
    uint64_t frequency = boot_info.timer.frequency_hz;

    if (frequency == 0)
        return format_text(line, size, "[    ?.??????] ");
    uint64_t ticks = cpu_timestamp();
    uint64_t microseconds = ticks % frequency * 1000000 / frequency;
    return format_text(line, size, "[%5llu.%06llu] ", (unsigned long long)(ticks / frequency),
                       (unsigned long long)microseconds);
}

static void console_show_line(char *line, size_t length)
{
    line[length] = '\n';
    console_write(line, length + 1);
}

void log_write(enum log_level level, const char *format, ...)
{
    char line[LOG_LINE_MAX + 1];
    va_list arguments;

    size_t length = write_time(line, LOG_LINE_MAX);
    /* The level stands in the line only where it matters. */
    if (level <= LOG_WARNING)
        length += format_text(line + length, LOG_LINE_MAX - length, "%s: ", level_names[level]);
    va_start(arguments, format);
    length += format_text_list(line + length, LOG_LINE_MAX - length, format, arguments);
    va_end(arguments);
    if (length > LOG_LINE_MAX - 1)
        length = LOG_LINE_MAX - 1;

    spinlock_acquire(&log_lock);
    ring_add_line(level, line, length);
    bool shown = (int)level <= console_level;
    spinlock_release(&log_lock);
    if (shown)
        console_show_line(line, length);
}

int log_level_by_name(const char *name)
{
    for (int level = 0; level < LOG_LEVELS; level++) {
        if (string_equal(name, level_names[level]))
            return level;
    }
    return ERROR_NOT_FOUND;
}

const char *log_level_name(enum log_level level)
{
    return level < LOG_LEVELS ? level_names[level] : "unknown";
}

/*
 * Copies the line at *position, or the oldest when that one has been overwritten, and moves past
 * it; false at the end.
 */
static bool ring_read(uint64_t *position, struct log_head *head, char *line)
{
    spinlock_acquire(&log_lock);
    if (*position < ring_oldest)
        *position = ring_oldest;
    bool found = *position < ring_end;
    if (found) {
        uint64_t text = *position + sizeof(*head);
        *position = ring_next(*position, head);
        ring_copy_out(text, line, head->length);
    }
    spinlock_release(&log_lock);
    return found;
}

void log_show(enum log_level level)
{
    char line[LOG_LINE_MAX + 1];
    struct log_head head;
    uint64_t position = 0;

    while (ring_read(&position, &head, line)) {
        if (head.level <= level)
            console_show_line(line, head.length);
    }
}

/*
 * Runs right after the console is up ("console_init" sorts before "log_init"): shows what came
 * before.
 */
INIT_TEXT static int log_init(void)
{
    char name[16];
    int level = LOG_INFO;

    if (command_line_option("log", name, sizeof(name)) >= 0)
        level = log_level_by_name(name);
    if (level < 0) {
        log_warning("log=%s is not a level: use error, warning, notice, info or debug", name);
        level = LOG_INFO;
    }
    for (size_t i = 0; i < boot_info.warning_count; i++)
        log_warning("firmware: %s (%#llx)", boot_info.warnings[i].text,
                    (unsigned long long)boot_info.warnings[i].value);
    spinlock_acquire(&log_lock);
    console_level = level;
    spinlock_release(&log_lock);
    log_show((enum log_level)level);
    return OK;
}
INIT_CALL(console, log_init);
