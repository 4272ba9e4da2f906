"""Exercise 3.4: ticks, nanoseconds, and the scale between them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from cairn.lab import Lab
from labs.lab01_boot.teaching import differs

from .clock_model import FREQUENCY_MAX, U64_MAX, Conversion, Scale, judge_scales, make_request

# Of counters that there are (a PC's old timers, ACPI's, QEMU's three) and of the range's ends.
KNOWN = (1, 2, 3, 7, 1000, 32768, 1193182, 3579545, 10**7, 24 * 10**6, 625 * 10**5, 10**9,
         3 * 10**9, 3999999999, 1 << 32, FREQUENCY_MAX - 1, FREQUENCY_MAX)
# The clock is read often. A multiplication and a shift take some 20 instructions with the call, a
# division by software more than 200.
INSTRUCTIONS_MAX = 100


def frequency(random: Random) -> int:
    """Any frequency, as many low ones as high ones."""
    return min(random.getrandbits(random.randrange(1, 35)) + 1, FREQUENCY_MAX)


def check(lab: Lab, conversions: Sequence[Conversion], budget_ms: int = 20) -> None:
    """Every number comes out as the contract says."""
    run = lab.run([conversion.request(budget_ms) for conversion in conversions])
    for conversion, reply in zip(conversions, run.replies):
        conversion.judge(reply)


def test_makes_the_scale_of_any_frequency(lab: Lab) -> None:
    """Given frequencies from 1 to 2^34, then the multiplier with as many digits as there is room
    for."""
    powers = [1 << i for i in range(35)]
    near = [power + step for power in powers[2:-1] for step in (-1, 1)]
    tens = [10**i + step for i in range(2, 11) for step in (-1, 0, 1)]
    frequencies = sorted({*KNOWN, *powers, *near, *tens})
    frequencies += [frequency(lab.random) for _ in range(200)]
    run = lab.run([make_request(frequencies)])
    judge_scales(frequencies, run.replies[0])


def ticks_of(random: Random, scale: Scale, count: int) -> list[int]:
    """Numbers of ticks whose nanoseconds fit into 64 bits, small ones and large ones."""
    last = scale.ticks(U64_MAX) - 1
    return [min(random.getrandbits(random.randrange(1, 65)), last) for _ in range(count)]


def test_turns_ticks_into_nanoseconds(lab: Lab) -> None:
    """Given ticks from 0 to the last whose nanoseconds fit, then the nanoseconds, rounded down."""
    conversions = []
    for hertz in (*KNOWN, *(frequency(lab.random) for _ in range(10))):
        scale = Scale.of(hertz)
        last = scale.ticks(U64_MAX) - 1
        borders = [border + step for border in (hertz, 10 * hertz, 1 << 32, 1 << 63)
                   for step in (-1, 0, 1)]
        numbers = [0, 1, 2, 3, last - 1, last, *(near for near in borders if near <= last)]
        conversions.append(Conversion(scale, False, numbers + ticks_of(lab.random, scale, 30)))
    check(lab, conversions)


def test_stays_at_the_end_of_time(lab: Lab) -> None:
    """Given ticks whose nanoseconds are 2^64 or more, then UINT64_MAX, not what is left of them."""
    conversions = []
    for hertz in (*KNOWN, *(frequency(lab.random) for _ in range(10))):
        scale = Scale.of(hertz)
        end = scale.ticks(U64_MAX)
        places = (end, end + 1, 2 * end, 4 * end, 1 << 63)
        numbers = [end - 1, U64_MAX - 1, U64_MAX]
        numbers += [place for place in places if end <= place <= U64_MAX]
        numbers += [lab.random.randrange(end, U64_MAX + 1) for _ in range(10) if end < U64_MAX]
        conversions.append(Conversion(scale, False, numbers))
    check(lab, conversions)


def test_finds_the_first_tick_of_a_nanosecond(lab: Lab) -> None:
    """Given nanoseconds, then the least number of ticks after which they have passed."""
    conversions = []
    for hertz in (*KNOWN, *(frequency(lab.random) for _ in range(10))):
        scale = Scale.of(hertz)
        reach = scale.last_nanosecond()
        ticks = [1, 2, 3, hertz - 1, hertz, hertz + 1, *ticks_of(lab.random, scale, 15)]
        numbers = [0, 1, 2, 10**9 - 1, 10**9, 10**9 + 1, 3600 * 10**9, 10**18 - 1, 10**18]
        numbers += [scale.nanoseconds(count) + step for count in ticks for step in (0, 1)]
        numbers += [lab.random.getrandbits(lab.random.randrange(1, 65)) for _ in range(15)]
        conversions.append(Conversion(scale, True, [n for n in numbers if n <= reach]))
    check(lab, conversions)


def test_knows_when_no_ticks_are_enough(lab: Lab) -> None:
    """Given nanoseconds about the last that can be reached, then ticks up to it, UINT64_MAX past
    it."""
    conversions = []
    for hertz in (*KNOWN, *(frequency(lab.random) for _ in range(10))):
        scale = Scale.of(hertz)
        reach = scale.last_nanosecond()
        numbers = [reach - 10**9, reach - 2, reach - 1, reach, reach + 1, reach + 2, U64_MAX - 1,
                   U64_MAX, lab.random.randrange(reach, U64_MAX + 1)]
        conversions.append(Conversion(scale, True, [n for n in numbers if n <= U64_MAX]))
    check(lab, conversions)


def test_reads_the_time_in_few_instructions(lab: Lab) -> None:
    """Given a thousand numbers of ticks, then each takes a multiplication and a shift, no more."""
    ticks = [lab.random.getrandbits(64) for _ in range(250)]
    conversions = [Conversion(Scale.of(hertz), False, ticks)
                   for hertz in (10**7, 625 * 10**5, 10**9, frequency(lab.random))]
    run = lab.run([conversion.request(20) for conversion in conversions])
    for conversion, reply in zip(conversions, run.replies):
        conversion.judge(reply)
        each = reply.instructions // len(conversion.numbers)
        most = INSTRUCTIONS_MAX * lab.session.budget_scale
        if each > most:
            differs(f"convert {len(conversion.numbers)} numbers with {conversion.scale}",
                    f"{most} instructions for each, or fewer", str(each),
                    "ticks * multiplier, in 128 bits, and a shift are all there is to do")
