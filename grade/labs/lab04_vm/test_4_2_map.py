"""Exercise 4.2: mapping ranges of memory."""

from __future__ import annotations

import pytest
from cairn.lab import Lab
from labs.lab01_boot.teaching import differs

from .entry_model import EXECUTE, FORMATS, READ, USER, WRITE, level_size
from .random_tables import FLAGS, USER_END, Arena, is_full, random_page
from .table_model import PAGE
from .table_trace import GIB, MIB, Trace, check

LARGE, HUGE = 2 * MIB, GIB
ROOT_ENTRY = 1 << 39
# A page of a long range takes the reference some 15 instructions; a walk for each page, 200.
INSTRUCTIONS_A_PAGE_MAX = 500
# A few ranges of one page: the walk to each, and the tables that are made.
INSTRUCTIONS_A_RANGE_MAX = 40_000


def test_maps_single_pages(lab: Lab) -> None:
    """Given pages anywhere, with every set of flags, then these are there and nothing else is."""
    flags = FORMATS[lab.arch].flag_sets()
    every = Trace(lab.arch)
    for number, each in enumerate(flags):
        every.map(random_page(lab.random), random_page(lab.random, 1 << 40) + PAGE, PAGE, each,
                  number % 3)
    edges = Trace(lab.arch)
    for virtual in (0, 511 * PAGE, 512 * PAGE, HUGE - PAGE, HUGE, ROOT_ENTRY - PAGE, ROOT_ENTRY,
                    USER_END - PAGE, 1 << 47, (1 << 48) - PAGE):
        edges.map(virtual, virtual % (1 << 40) + 7 * PAGE, PAGE, READ | WRITE, 0)
    check(lab, [every.look(), edges.look()])


def test_uses_the_largest_pages(lab: Lab) -> None:
    """Given ranges and memory with every alignment, then the largest pages that fit both and are
    allowed."""
    traces = []
    for largest in (0, 1, 2):
        trace = Trace(lab.arch)
        size = LARGE if largest == 0 else HUGE
        for number, (virtual, physical) in enumerate([
                (0, 0), (PAGE, 0), (0, PAGE), (PAGE, PAGE), (LARGE, 0), (0, LARGE),
                (LARGE, LARGE), (LARGE + PAGE, LARGE + PAGE), (HUGE // 2, LARGE)]):
            base = number * ROOT_ENTRY
            if largest == 0 or (virtual - physical) % LARGE == 0:
                trace.map(base + virtual, (16 + number) * HUGE + physical, size, READ | USER,
                          largest)
        traces.append(trace.look())
    sizes = Trace(lab.arch)
    for number, size in enumerate([LARGE - PAGE, LARGE, LARGE + PAGE, HUGE - LARGE, HUGE + LARGE,
                                   HUGE + PAGE, 2 * HUGE + 2 * LARGE + 3 * PAGE]):
        sizes.map(number * ROOT_ENTRY, number * 8 * HUGE, size, READ | EXECUTE)
    check(lab, [*traces, sizes.look()])


def test_maps_across_tables(lab: Lab) -> None:
    """Given ranges over the border of tables of each level, and to the end of the address space,
    then every page is there."""
    trace = Trace(lab.arch)
    for border in (5 * LARGE, 7 * HUGE, 3 * ROOT_ENTRY):
        trace.map(border - 2 * PAGE, 0x1234000, 5 * PAGE)
    around = Trace(lab.arch)
    for border in (9 * HUGE, 6 * ROOT_ENTRY, 200 * ROOT_ENTRY):
        around.map(border - LARGE - 2 * PAGE, HUGE - 2 * PAGE, 3 * LARGE + 3 * PAGE)
    wide = Trace(lab.arch).map(10 * ROOT_ENTRY - 3 * HUGE, 4 * HUGE, 7 * HUGE)
    last = Trace(lab.arch)
    for end in (USER_END, 1 << 48):
        last.map(end - LARGE - PAGE, 3 * HUGE - LARGE - PAGE, LARGE + PAGE)
    check(lab, [trace.look(), around.look(), wide.look(), last.look()])


def test_keeps_tables_that_are_there(lab: Lab) -> None:
    """Given tables with and without pages, then they stay, and so do the pages beside the range."""
    base = lab.random.randrange(256) * ROOT_ENTRY
    trace = Trace(lab.arch)
    trace.table(0, base + LARGE).table(1, base + HUGE).table(0, base + 3 * HUGE + 5 * LARGE)
    trace.page(0, base, 0x5000, READ).page(0, base + 2 * LARGE, 0x7000, READ | EXECUTE, 4)
    trace.page(1, base + 2 * HUGE, 6 * LARGE, READ)
    trace.map(base + LARGE, 9 * HUGE + LARGE, LARGE).map(base + HUGE, 5 * HUGE, HUGE)
    trace.map(base + 3 * HUGE, 11 * HUGE, HUGE).map(base + PAGE, 20 * HUGE + PAGE, LARGE - PAGE)
    trace.map(base + 2 * LARGE + 4 * PAGE, 0x9000, PAGE)
    trace.map(base + 2 * HUGE + LARGE, 6 * HUGE + LARGE, HUGE - LARGE)
    check(lab, [trace.look()])


@pytest.mark.negative
def test_refuses_what_is_mapped(lab: Lab) -> None:
    """Given a page anywhere in the range, then ERROR_EXISTS, and every entry is as it was."""
    base = lab.random.randrange(256) * ROOT_ENTRY
    value = 0x5a5a000
    traces = []
    for level in (0, 1, 2):
        size = level_size(level)
        for place in (0, 1, 3):
            trace = Trace(lab.arch).page(level, base + place * size, 3 * HUGE, READ)
            trace.absent(level, base + 4 * size, value, 2)
            for index in range(4):
                if index != place:
                    trace.absent(level, base + index * size, value + 16)
            trace.map(base, 8 * HUGE, 4 * size).look()
            trace.map(base + place * size, 8 * HUGE, PAGE).look()
            trace.map(base + place * size + size - PAGE, 9 * HUGE - PAGE, 2 * PAGE).look()
            traces.append(trace.map(base + 4 * size, 8 * HUGE, 2 * size).look())
    far = Trace(lab.arch).page(0, base + HUGE + 7 * LARGE, 0x3000, READ)
    traces.append(far.map(base + LARGE - PAGE, LARGE - PAGE, 2 * HUGE).look())
    check(lab, traces)


@pytest.mark.negative
def test_leaves_nothing_when_memory_runs_out(lab: Lab) -> None:
    """Given that the n-th table can't be had, then ERROR_NO_MEMORY and no page of the range; and
    afterwards, with memory, all of it."""
    base = lab.random.randrange(255) * ROOT_ENTRY
    traces = []
    for virtual, size, tables in ((base, PAGE, 3), (base + HUGE - PAGE, 2 * PAGE, 5),
                                  (base + ROOT_ENTRY - LARGE - PAGE, 2 * LARGE + 2 * PAGE, 6)):
        for fail_at in range(1, tables + 2):
            trace = Trace(lab.arch).page(0, base + 8 * HUGE, 0x3000)
            trace.map(virtual, 4 * HUGE + virtual % HUGE, size, fail_at=fail_at).look()
            if fail_at <= tables:
                trace.map(virtual, 4 * HUGE + virtual % HUGE, size).look()
            traces.append(trace)
    kept = Trace(lab.arch).absent(0, base + LARGE - 2 * PAGE, 0x77000, 2)
    kept.map(base + LARGE - 2 * PAGE, 0x8000, 5 * PAGE, fail_at=1).look()
    check(lab, [*traces, kept])


def test_takes_few_steps(lab: Lab) -> None:
    """Given long ranges, then a page of them costs little, and large pages spare the small ones."""
    base = lab.random.randrange(200) * ROOT_ENTRY
    scale = lab.session.budget_scale
    costs = [
        (Trace(lab.arch).map(base, PAGE, 4096 * PAGE), 4096 * INSTRUCTIONS_A_PAGE_MAX),
        (Trace(lab.arch).map(base, 0, HUGE - LARGE), 511 * INSTRUCTIONS_A_PAGE_MAX),
        (Trace(lab.arch).map(base, 0, 300 * HUGE), 300 * INSTRUCTIONS_A_PAGE_MAX),
        (Trace(lab.arch).map(base, 0, 2 * ROOT_ENTRY), 1024 * INSTRUCTIONS_A_PAGE_MAX),
        (Trace(lab.arch).map(base, 0, PAGE), 0),
    ]
    replies = check(lab, [trace.look() for trace, _ in costs], 200)
    for (trace, cost), reply in zip(costs, replies):
        most = (cost + INSTRUCTIONS_A_RANGE_MAX) * scale
        if reply.instructions > most:
            differs(trace.steps[0].words, f"up to {most} instructions", str(reply.instructions),
                    "go on in the table that you have found, and walk again at its end")


def test_keeps_any_trace(lab: Lab) -> None:
    """Given random traces, in which ranges meet what is mapped and memory runs out, then the
    contract."""
    traces = []
    for _ in range(5):
        trace, arena = Trace(lab.arch), Arena(lab.random)
        while not is_full(trace):
            virtual, size = arena.range()
            fail_at = lab.random.randrange(1, 5) if lab.random.random() < 0.1 else 0
            largest = lab.random.choice([0, 1, 2, 2, 2]) if size < 4 * LARGE else 2
            trace.map_and_look(virtual, arena.memory(virtual, size), size, lab.random.choice(FLAGS),
                               largest, fail_at=fail_at)
        traces.append(trace.look())
    check(lab, traces, 400)
