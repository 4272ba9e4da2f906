/*
 * Probe traps.mix: a long computation in as many registers as the processor has, interrupted by a
 * timer again and again.
 *
 *   traps.mix SEED ROUNDS LEAST SPREAD
 *
 * A timer rings every LEAST nanoseconds and up to SPREAD more. Facts: `values` at the end;
 * `interrupts`, how many came meanwhile; `rings`, how often the timer rang.
 */
#include "arch/cpu.h"
#include "clock/clock.h"
#include "lib/util.h"
#include "probe/probe.h"
#include "timer/timer.h"
#include "trap/trap.h"

enum { VALUES = 28 };

static uint64_t values[VALUES];

static struct ringer {
    struct timer timer;
    uint64_t random, least, spread, rings;
} ringer;

static uint64_t step_random(uint64_t random)
{
    return random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
}

static void ring(struct timer *timer)
{
    struct ringer *own = container_of(timer, struct ringer, timer);

    own->rings++;
    own->random = step_random(own->random);
    (void)timer_set(timer, clock_now() + own->least + (own->random >> 33) % own->spread);
}

/* What becomes of a value; the outcome of the comparison waits in the flags. */
static inline uint64_t changed(uint64_t value, uint64_t next)
{
    value = (value << 13 | value >> 51) + next;
    value ^= next >> 7;
    return value + (value < next);
}

/* It calls nothing, so the values live in registers, callee- and caller-saved, for all the time. */
__attribute__((noinline)) static void mix(uint64_t rounds)
{
    uint64_t v0 = values[0], v1 = values[1], v2 = values[2], v3 = values[3], v4 = values[4],
             v5 = values[5], v6 = values[6], v7 = values[7], v8 = values[8], v9 = values[9],
             v10 = values[10], v11 = values[11], v12 = values[12], v13 = values[13],
             v14 = values[14], v15 = values[15], v16 = values[16], v17 = values[17],
             v18 = values[18], v19 = values[19], v20 = values[20], v21 = values[21],
             v22 = values[22], v23 = values[23], v24 = values[24], v25 = values[25],
             v26 = values[26], v27 = values[27];

    for (; rounds > 0; rounds--)
        v0 = changed(v0, v1), v1 = changed(v1, v2), v2 = changed(v2, v3), v3 = changed(v3, v4),
        v4 = changed(v4, v5), v5 = changed(v5, v6), v6 = changed(v6, v7), v7 = changed(v7, v8),
        v8 = changed(v8, v9), v9 = changed(v9, v10), v10 = changed(v10, v11),
        v11 = changed(v11, v12), v12 = changed(v12, v13), v13 = changed(v13, v14),
        v14 = changed(v14, v15), v15 = changed(v15, v16), v16 = changed(v16, v17),
        v17 = changed(v17, v18), v18 = changed(v18, v19), v19 = changed(v19, v20),
        v20 = changed(v20, v21), v21 = changed(v21, v22), v22 = changed(v22, v23),
        v23 = changed(v23, v24), v24 = changed(v24, v25), v25 = changed(v25, v26),
        v26 = changed(v26, v27), v27 = changed(v27, v0);
    values[0] = v0, values[1] = v1, values[2] = v2, values[3] = v3, values[4] = v4, values[5] = v5,
    values[6] = v6, values[7] = v7, values[8] = v8, values[9] = v9, values[10] = v10,
    values[11] = v11, values[12] = v12, values[13] = v13, values[14] = v14, values[15] = v15,
    values[16] = v16, values[17] = v17, values[18] = v18, values[19] = v19, values[20] = v20,
    values[21] = v21, values[22] = v22, values[23] = v23, values[24] = v24, values[25] = v25,
    values[26] = v26, values[27] = v27;
}

static int run_mix(struct probe_request *request)
{
    uint64_t random, rounds;

    if (!probe_number(request, 0, &random) || !probe_number(request, 1, &rounds) ||
        !probe_number(request, 2, &ringer.least) || !probe_number(request, 3, &ringer.spread) ||
        ringer.spread == 0)
        return ERROR_USAGE;
    for (size_t i = 0; i < VALUES; i++)
        values[i] = random = step_random(random);
    ringer.timer.callback = ring;
    ringer.rings = 0;
    ringer.random = random;
    uint64_t before = trap_count(TRAP_INTERRUPT);
    int error = timer_set(&ringer.timer, clock_now() + ringer.least);
    if (error != OK)
        return error;
    cpu_interrupts_restore(true);
    mix(rounds);
    (void)cpu_interrupts_disable();
    (void)timer_cancel(&ringer.timer);
    probe_fact_list(request, "values", values, VALUES);
    probe_fact(request, "interrupts", trap_count(TRAP_INTERRUPT) - before);
    probe_fact(request, "rings", ringer.rings);
    return OK;
}
PROBE(traps_mix)
= {.name = "traps.mix", .run = run_mix};
