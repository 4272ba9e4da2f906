"""Exercise 1.4: putting a memory map in order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from random import Random

import pytest
from cairn.lab import Lab
from cairn.protocol import Reply
from cairn.requests import request

from .errors import NO_SPACE, OK, name
from .facts import number, numbers
from .memory_map_model import (BOOT_DATA, BROKEN, KERNEL, KINDS, LIMIT, PAGE, RAMDISK, RANGES_MAX,
                               RECLAIM, RESERVED, USABLE, Range, judge, listed, normalise,
                               normalise_request, ranges_of)
from .teaching import count_of, differs

TOP = 1 << 64


def check(lab: Lab, maps: Sequence[Sequence[Range]], budget_ms: int = 20) -> None:
    """Every map comes out in order, or is refused when it is too long."""
    run = lab.run([normalise_request(told, budget_ms) for told in maps])
    for told, reply in zip(maps, run.replies):
        check_answer(told, reply)


def check_answer(told: Sequence[Range], reply: Reply) -> None:
    asked = f"put in order: {listed(told, 24)}"
    expected = normalise(told)
    wanted = OK if len(expected) <= RANGES_MAX else NO_SPACE
    result = number(reply, "result")
    if result != wanted:
        differs(asked, f"{name(wanted)}, for {count_of(len(expected), 'range')}", name(result))
    if result == OK:
        judge(asked, expected, ranges_of(reply))
    changed = number(reply, "changed")
    if changed:
        differs(asked, "the input and the memory around the output left alone",
                f"{count_of(changed, 'byte')} of them changed")


def pages(base: int, count: int, kind: int = USABLE) -> Range:
    return Range(base * PAGE, count * PAGE, kind)


def test_sorts_and_joins_what_touches(lab: Lab) -> None:
    """Given ranges apart or touching, in any order, then sorted, and neighbours alike are one."""
    three = [pages(1, 2), pages(3, 1), pages(8, 4, RESERVED)]
    base = lab.random.randrange(1, 1 << 40)
    chain = [pages(base + i, 1, USABLE) for i in range(20)]
    lab.random.shuffle(chain)
    check(lab, [list(order) for order in permutations(three)]
          + [[], [pages(0, 1)], [pages(5, 5), pages(0, 5)], [pages(0, 5), pages(5, 5, RECLAIM)],
             [pages(0, 5), pages(6, 5)], chain, [pages(2 * i, 1, i % 7) for i in range(40, 0, -1)],
             [pages(0, 1, kind) for kind in range(7)], [pages(i, 1, i) for i in range(7)],
             [pages(1, 1, RESERVED), pages(2, 1), pages(3, 1, RESERVED), pages(2, 1, RESERVED)]])


def test_lets_the_later_kind_win_overlaps(lab: Lab) -> None:
    """Given ranges that overlap in every way, then each page is what the later kind says."""
    maps = []
    pairs = ((USABLE, RESERVED), (RECLAIM, KERNEL), (BOOT_DATA, RAMDISK), (RESERVED, BROKEN))
    others = ((5, 5), (5, 6), (5, 15), (5, 30), (10, 3), (10, 10), (10, 12), (12, 3), (17, 3),
              (19, 1), (19, 9), (20, 1))
    for low, high in pairs:
        for first, second in ((low, high), (high, low)):
            maps += [[pages(10, 10, first), pages(base, count, second)] for base, count in others]
    maps += [[pages(0, 100), pages(10, 50, RECLAIM), pages(20, 30, KERNEL), pages(25, 5, BROKEN)],
             [pages(0, 9), pages(3, 9), pages(6, 9), pages(2, 20), pages(3, 1)],
             [pages(i, 20 - i, i % 7) for i in range(20)],
             [pages(20 - i, 2 * i, i % 7) for i in range(1, 20)],
             [pages(0, 64)] + [pages(3 * i, 1, KERNEL) for i in range(20)]]
    check(lab, maps)


def test_rounds_to_whole_pages(lab: Lab) -> None:
    """Given ranges that end within pages, then usable ones shrink, others grow, empty ones go."""
    edges = (-PAGE, -PAGE + 1, -1, 0, 1, PAGE - 1, PAGE, PAGE + 1)
    maps = [[Range(0x10000 + start, 2 * PAGE + end - start, kind)]
            for kind in (USABLE, RECLAIM, RESERVED) for start in edges for end in edges
            if 2 * PAGE + end - start >= 0]
    small = ((0, 0), (0, 1), (1, 0), (PAGE, 0), (PAGE - 1, 1), (PAGE - 1, 2), (1, PAGE - 1),
             (1, PAGE), (1, 2 * PAGE - 1), (1, 2 * PAGE - 2))
    maps += [[Range(base, size, kind)] for kind in (USABLE, KERNEL) for base, size in small]
    maps += [
        [Range(0, 10 * PAGE, USABLE), Range(0x2345, 1, RESERVED)],
        [Range(0, 0x9fc00, USABLE), Range(0x9fc00, 0x400, RESERVED),
         Range(0xf0000, 0x10000, RESERVED), Range(0x100000, 0x7ee0000, USABLE)],
        [Range(0, 5000, USABLE), Range(5000, 5000, USABLE)],
        [Range(0, 5000, RECLAIM), Range(5000, 9000, USABLE)],
        [Range(0, 0, BROKEN), pages(0, 3)],
        [Range(0x1800, 0x1000, RECLAIM), Range(0x2800, 0x1000, RECLAIM)],
    ]
    check(lab, maps)


def test_reaches_to_the_last_page(lab: Lab) -> None:
    """Given ends at and past 2^64, then the range ends before the last page; none wraps around."""
    near = (-2 * PAGE, -PAGE - 1, -PAGE, -1, 0, 1, PAGE - 1)
    maps = []
    for start in (LIMIT + step for step in near):
        rest = TOP - start
        sizes = {1, PAGE, 2 * PAGE, rest - 1, rest, rest + 1, TOP - 1} - {0}
        for kind in (USABLE, RESERVED):
            maps += [[Range(start, size, kind)] for size in sorted(sizes)]
    maps += [[Range(0, TOP - 1, USABLE)], [Range(0, TOP - 1, RESERVED)],
             [Range(1, TOP - 1, RESERVED)], [Range(PAGE, TOP - 1, USABLE), pages(3, 1, RESERVED)],
             [pages(0, 4), Range(LIMIT - PAGE, TOP - 1, KERNEL), Range(1 << 63, TOP - 1, RECLAIM)]]
    check(lab, maps)


def test_fills_the_map_to_its_last_range(lab: Lab) -> None:
    """Given maps whose result is BOOT_MEMORY_RANGES ranges or just less, then it comes whole."""
    apart = [pages(2 * i, 1) for i in range(RANGES_MAX)]
    nested = [pages(0, 1000)] + [pages(10 * i + 5, 1, RESERVED) for i in range(63)]
    joined = [pages(i // 2 * 3 + i % 2, 1) for i in range(RANGES_MAX)]
    lab.random.shuffle(apart)
    check(lab, [apart, nested, nested + [pages(0, 1, KERNEL)], joined], budget_ms=100)


@pytest.mark.negative
def test_refuses_a_map_that_gets_too_long(lab: Lab) -> None:
    """Given 65 holes punched into one range, then 129 or more ranges are too many."""
    holes = [pages(0, 1000)] + [pages(10 * i + 5, 1, RESERVED) for i in range(64)]
    more = [pages(0, 3000)] + [pages(20 * i + 5, 10, 1 + i % 6) for i in range(127)]
    check(lab, [holes, more], budget_ms=100)


def random_map(random: Random, count: int) -> list[Range]:
    """Ranges near each other, so that they overlap, touch and nest."""
    span = random.choice([8, 64, 512, 1 << 20])
    origin = random.choice([0, random.randrange(1 << 44) * PAGE, TOP - span * PAGE])
    told = []
    for _ in range(count):
        base = origin + random.randrange(span) * PAGE
        size = random.choice([0, 1, random.randrange(1, 1 + span // 2)]) * PAGE
        if random.random() < 0.3:
            base, size = base + random.randrange(PAGE), size + random.randrange(PAGE)
        told.append(Range(base % TOP, size, random.choice([0, 0, random.randrange(len(KINDS))])))
    return told


def test_puts_any_map_in_order(lab: Lab) -> None:
    """Given random maps, then what the contract says of every page."""
    sizes = sorted(lab.random.randrange(1, 12) for _ in range(120))
    sizes += [lab.random.randrange(12, 100) for _ in range(12)]
    check(lab, [random_map(lab.random, size) for size in sizes], budget_ms=100)


def map_of(flat: list[int]) -> list[Range]:
    """A map as the probe boot.info lists it."""
    return [Range(*flat[i:i + 3]) for i in range(0, len(flat), 3)]


def test_puts_the_machine_s_own_map_in_order(lab: Lab) -> None:
    """Given what this machine's firmware told, then the kernel works with the same map in order."""
    memory = lab.random.choice(["128M", "192M", "256M", "300M"])
    run = lab.run([request("boot.info")], memory=memory)
    told, used = (map_of(numbers(run.replies[0], key)) for key in ("firmware_memory", "memory"))
    asked = f"put in order, on a machine with {memory} of memory: {listed(told)}"
    judge(asked, normalise(told), used)
