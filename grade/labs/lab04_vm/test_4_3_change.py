"""Exercise 4.3: changing what is mapped, and taking it away."""

from __future__ import annotations

import pytest
from cairn.lab import Lab
from labs.lab01_boot.teaching import differs

from .entry_model import EXECUTE, FORMATS, READ, USER, WRITE, level_size
from .random_tables import FLAGS, USER_END, Arena, is_full, random_page
from .table_model import ENTRIES, PAGE
from .table_trace import GIB, MIB, Trace, check

LARGE, HUGE = 2 * MIB, GIB
ROOT_ENTRY = 1 << 39
# All of the user half with a few pages: every entry of their tables is looked at, perhaps twice.
INSTRUCTIONS_SPARSE_MAX = 1_000_000
# A page that is changed takes the reference some 30 instructions; with a walk for each, 100.
INSTRUCTIONS_A_PAGE_MAX = 300


def random_base(lab: Lab) -> int:
    """The first address that an entry of the root leads to."""
    return lab.random.randrange(255) * ROOT_ENTRY


def pages_of_every_size(lab: Lab, base: int) -> Trace:
    """Three pages of each size."""
    trace = Trace(lab.arch)
    for level in (0, 1, 2):
        trace.page(level, base + level * 8 * HUGE, (8 + level) * HUGE, READ | WRITE | USER, 3)
    return trace


def test_takes_pages_away(lab: Lab) -> None:
    """Given pages of every size, then those of the range are 0 and the others as they were."""
    base = random_base(lab)
    traces = []
    for level in (0, 1, 2):
        size = level_size(level)
        for first, count in ((0, 1), (1, 1), (2, 1), (0, 3), (0, 2), (1, 2)):
            trace = pages_of_every_size(lab, base)
            traces.append(trace.unmap(base + level * 8 * HUGE + first * size, count * size).look())
    everything = pages_of_every_size(lab, base)
    everything.page(0, 0, 0x5000).page(0, (1 << 48) - PAGE, 0x7000).page(0, USER_END - PAGE, 0x9000)
    around = pages_of_every_size(lab, base).unmap(base, 24 * HUGE)
    top = Trace(lab.arch).page(0, (1 << 48) - 3 * PAGE, 0x7000, READ, 3)
    check(lab, [*traces, everything.look().unmap(0, 1 << 47).look(), around.look(),
                top.unmap((1 << 48) - PAGE, PAGE).look()
                .unmap((1 << 48) - 2 * PAGE, 2 * PAGE).look()])


def test_changes_what_pages_are(lab: Lab) -> None:
    """Given pages of every size, then they become what was asked for, and stay as large as they
    were."""
    base = random_base(lab)
    sets = FORMATS[lab.arch].flag_sets()
    traces = []
    for flags in lab.random.sample(sets, len(sets) // 2):
        trace = pages_of_every_size(lab, base)
        for level in (0, 1, 2):
            size = level_size(level)
            trace.change(base + level * 8 * HUGE + size, size, flags)
        traces.append(trace.look())
    whole = pages_of_every_size(lab, base).change(base, 24 * HUGE, READ | EXECUTE | USER).look()
    whole.change(base, 24 * HUGE, READ)
    check(lab, [*traces, whole.look()])


def test_splits_large_pages(lab: Lab) -> None:
    """Given a range that begins or ends within large pages, then these are split as far as needed,
    and their other parts map what they did."""
    base = random_base(lab)
    # The pages' level, where the range begins, and its size.
    cuts = [(1, 0, PAGE), (1, LARGE - PAGE, PAGE), (1, 3 * PAGE, 7 * PAGE),
            (1, LARGE - PAGE, 2 * PAGE), (1, LARGE // 2, LARGE), (1, PAGE, 3 * LARGE - 2 * PAGE),
            (2, 0, LARGE), (2, LARGE, HUGE), (2, 0, PAGE), (2, HUGE - PAGE, 2 * PAGE),
            (2, LARGE - PAGE, PAGE), (2, HUGE // 2 + PAGE, PAGE), (2, LARGE // 2, LARGE),
            (2, PAGE, 3 * HUGE - 2 * PAGE), (2, 0, 2 * HUGE + PAGE), (2, 3 * HUGE - PAGE, PAGE)]
    sets = FORMATS[lab.arch].flag_sets()
    traces = []
    for level, at, size in cuts:
        trace = Trace(lab.arch).page(level, base, 16 * HUGE, lab.random.choice(sets), 3)
        after = lab.random.choice([0, READ, READ | USER])
        traces.append(trace.change(base + at, size, after).look())
    again = Trace(lab.arch).page(2, base, 16 * HUGE)
    for at in (0, 5 * PAGE, LARGE, HUGE - PAGE):
        again.unmap(base + at, PAGE)
    check(lab, [*traces, again.look()])


def test_notes_each_page_once(lab: Lab) -> None:
    """Given pages of every size and holes, then each page of the range is noted once, whatever
    becomes of it, and nothing else is."""
    base = random_base(lab)
    traces = []
    for flags in (0, READ, READ | WRITE | USER):
        for start, size in ((0, 24 * HUGE), (PAGE, HUGE), (8 * HUGE, LARGE),
                            (8 * HUGE + PAGE, PAGE), (16 * HUGE, HUGE),
                            (16 * HUGE + LARGE, 2 * HUGE), (HUGE, HUGE)):
            trace = pages_of_every_size(lab, base)
            trace.page(0, base + 64 * PAGE, 0x40000000, READ, 40)
            trace.noting = True
            traces.append(trace.change(base + start, size, flags).look())
    check(lab, traces)


def test_passes_over_what_is_not_mapped(lab: Lab) -> None:
    """Given entries that are not present and empty tables, then they stay as they are."""
    base = random_base(lab)
    traces = []
    for flags in (0, READ | WRITE):
        trace = Trace(lab.arch, noting=True)
        for level in (0, 1, 2):
            at = base + level * 8 * HUGE
            trace.absent(level, at, 0x5a000, 4).page(level, at + 4 * level_size(level), 16 * HUGE)
            trace.absent(level, at + 5 * level_size(level), 0x7f00, 2)
        trace.table(0, base + HUGE + LARGE).table(1, base + 7 * HUGE)
        trace.change(base, 24 * HUGE, flags).look()
        trace.change(base + PAGE, LARGE + PAGE, flags)
        traces.append(trace.change(base + 30 * HUGE + PAGE, HUGE, flags).look())
    nothing = Trace(lab.arch, noting=True)
    for _ in range(10):
        nothing.change(random_page(lab.random), PAGE * lab.random.randrange(1, 1000), READ)
    check(lab, [*traces, nothing.look()])


@pytest.mark.negative
def test_leaves_pages_when_memory_runs_out(lab: Lab) -> None:
    """Given that the n-th table for a split can't be had, then ERROR_NO_MEMORY, nothing is noted
    and every page maps what it did; afterwards, with memory, all is changed."""
    base = random_base(lab)
    traces = []
    for level, at, size, splits in ((1, PAGE, PAGE, 1), (2, PAGE, PAGE, 2),
                                    (1, PAGE, 2 * LARGE, 2), (2, LARGE, HUGE, 2),
                                    (2, PAGE, 2 * HUGE, 4)):
        for fail_at in range(1, splits + 2):
            for flags in (0, READ):
                trace = Trace(lab.arch, noting=True).page(level, base, 16 * HUGE, READ | WRITE, 3)
                trace.change(base + at, size, flags, fail_at=fail_at).look()
                traces.append(trace.change(base + at, size, flags).look())
    whole = Trace(lab.arch, noting=True).page(2, base, 16 * HUGE, READ | WRITE, 3)
    whole.change(base, 2 * HUGE, READ, fail_at=1).look().unmap(base + HUGE, HUGE, fail_at=1)
    check(lab, [*traces, whole.look()])


def test_takes_few_steps(lab: Lab) -> None:
    """Given a large range with few pages, then the time is theirs; a page of many costs little."""
    base = random_base(lab)
    sparse = Trace(lab.arch).page(0, 0x5000, 0x5000).page(0, USER_END - PAGE, 0x6000)
    sparse.page(0, base + 5 * HUGE + PAGE, 0x7000).page(1, base + 9 * HUGE, 4 * HUGE)
    empty = Trace(lab.arch)
    dense = Trace(lab.arch).page(0, base, HUGE, READ, 8 * ENTRIES)
    most = {sparse: INSTRUCTIONS_SPARSE_MAX, empty: INSTRUCTIONS_SPARSE_MAX,
            dense: 8 * ENTRIES * INSTRUCTIONS_A_PAGE_MAX}
    sparse.change(0, 1 << 47, READ)
    empty.unmap(0, 1 << 47)
    dense.change(base, 8 * LARGE, READ | WRITE)
    replies = check(lab, [trace.look() for trace in most], 200)
    for (trace, limit), reply in zip(most.items(), replies):
        limit *= lab.session.budget_scale
        if reply.instructions > limit:
            differs(trace.steps[-2].words, f"up to {limit} instructions", str(reply.instructions),
                    "an entry that is not present stands for all that it could lead to; go on in "
                    "the table that you have found, and walk again at its end")


def test_keeps_any_trace(lab: Lab) -> None:
    """Given random traces over pages of all sizes, in which memory runs out, then the contract."""
    traces = []
    for _ in range(5):
        trace, arena = Trace(lab.arch, noting=True), Arena(lab.random)
        for place in range(24):
            level = lab.random.choice([0, 1, 1, 2])
            virtual = arena.base + place * HUGE + \
                lab.random.randrange(HUGE // level_size(level)) * level_size(level)
            room = (HUGE - virtual % HUGE) // level_size(level)
            trace.page(level, virtual, (64 + place) * HUGE, lab.random.choice(FLAGS),
                       min(room, lab.random.randrange(1, 5)))
            arena.note(virtual, level_size(level))
        while not is_full(trace):
            virtual, size = arena.range()
            fail_at = lab.random.randrange(1, 3) if lab.random.random() < 0.1 else 0
            flags = lab.random.choice([0, *FLAGS])
            trace.change_and_look(virtual, size, flags, fail_at=fail_at)
        traces.append(trace.look())
    check(lab, traces, 400)
