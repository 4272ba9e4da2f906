/*
 * The clock: nanoseconds since start-up from the processor's counter, and the time of day from the
 * machine's real-time clock, which is read once.
 */
#include "clock/clock.h"

#include "arch/cpu.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "init/init.h"
#include "log/log.h"

/* What is assumed of a counter whose frequency nothing tells. */
enum { UNKNOWN_HZ = 1000000000 };

static struct clock_scale scale; /* constant after start-up */
static uint64_t real_start;      /* seconds since 1970 when the clock started; 0 for not known */

uint64_t clock_now(void)
{
    return clock_nanoseconds(&scale, cpu_timestamp());
}

const struct clock_scale *clock_main_scale(void)
{
    return &scale;
}

uint64_t clock_deadline_ticks(uint64_t nanoseconds)
{
    return clock_ticks(&scale, nanoseconds);
}

uint64_t clock_real_seconds(void)
{
    return real_start == 0 ? 0 : real_start + clock_now() / NANOSECONDS;
}

INIT_TEXT static int clock_init(void)
{
    uint64_t frequency = boot_info.timer.frequency_hz;
    uint64_t seconds;

    if (frequency == 0 || frequency > UINT64_C(1) << 34) {
        log_warning("the counter's frequency is not known; times are guessed");
        frequency = UNKNOWN_HZ;
    }
    scale = clock_scale_make(frequency);
    if (clock_read_hardware(&seconds) == OK)
        real_start = seconds - clock_now() / NANOSECONDS;
    else
        log_notice("there is no real-time clock");
    return OK;
}
INIT_CALL(core, clock_init);
