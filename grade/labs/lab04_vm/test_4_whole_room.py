"""What address spaces give back: promises of what is unmapped, and tables that are empty.

These tests carry no points: they need several exercises at once.
"""

from __future__ import annotations

import pytest
from cairn.lab import Lab
from labs.lab01_boot.teaching import differs

from .space_model import GIB, MIB, PAGE, PRIVATE, READ, WRITE
from .space_trace import SpaceTrace

pytestmark = pytest.mark.negative

RW = READ | WRITE
HERE = 64 * MIB
# Unmapping one of many regions, however many there are.
UNMAP_INSTRUCTIONS_MAX = 5000


def test_whole_gives_back_the_promise_of_what_is_unmapped(lab: Lab) -> None:
    """Given parts of memory that are unmapped, touched or not, then their promises come back, and
    no others."""
    trace, promised = SpaceTrace(), [0]

    def then(frames: int) -> None:
        trace.count()
        promised.append(frames)

    trace.create(0)
    trace.count()
    trace.map(0, RW | PRIVATE, 12 * PAGE, HERE)
    then(12)
    trace.write(0, HERE, 2 * PAGE, 1)
    trace.write(0, HERE + 4 * PAGE, PAGE, 2)
    trace.unmap(0, HERE + 3 * PAGE, 3 * PAGE)
    trace.unmap(0, HERE + 3 * PAGE, 3 * PAGE)
    then(9)
    trace.clone(0, 1)
    then(18)
    trace.unmap(1, HERE, 4 * PAGE)
    then(15)
    trace.write(0, HERE + 6 * PAGE, 6 * PAGE, 3)
    trace.release(1)
    then(9)
    trace.unmap(0, HERE + 7 * PAGE, 5 * PAGE)
    then(4)
    trace.unmap(0, HERE, 12 * PAGE)
    then(0)
    trace.end()
    facts, _ = trace.run(lab)
    came = [use[3] - facts.uses[0][3] for use in facts.uses[:len(promised)]]
    if came != promised:
        differs("map 12 pages, unmap some of them, clone, and unmap the rest",
                f"{promised} frames promised", str(came))


def test_whole_tables_that_lead_to_nothing_make_room(lab: Lab) -> None:
    """Given a space that touches and unmaps page after page, far apart, then another one still gets
    what it was promised."""
    trace, rights, times = SpaceTrace(), RW | PRIVATE, 5500
    trace.create(0)
    trace.create(1)
    trace.map(1, rights, 20 * MIB, GIB)
    trace.count()
    trace.wander(0, GIB, times)
    trace.count()
    trace.fill(1, GIB, 20 * MIB // PAGE)
    facts, _ = trace.run(lab, "heap=plain", memory="32M", budget_ms=2000)
    asked = f"map, touch and unmap a page {times} times, each 2 MiB further, on 32 MiB"
    tables = facts.uses[1][1] - facts.uses[0][1]
    if tables > 100:
        differs(asked, "100 page tables more, or fewer", str(tables))
    if facts.filled != [20 * MIB // PAGE]:
        differs(asked + ", then touch 20 MiB in another space", f"{20 * MIB // PAGE} pages",
                str(facts.filled))


def test_whole_takes_empty_tables_before_a_touch_fails(lab: Lab) -> None:
    """Given a space with many empty tables, then they go before a touch finds no memory."""
    trace, places = SpaceTrace(), range(2 * GIB, 2 * GIB + 300 * MIB, 2 * MIB)
    trace.create(0)
    trace.map(0, RW, 60 * MIB, GIB)
    trace.count()
    for place in places:
        trace.map(0, RW | PRIVATE, PAGE, place)
        trace.write(0, place, 1, 1)
    for place in places:
        trace.unmap(0, place, PAGE)
    trace.fill(0, GIB, 60 * MIB // PAGE)
    trace.unmap(0, GIB, 60 * MIB)
    trace.count()
    facts, _ = trace.run(lab, "heap=plain overcommit=400", memory="32M", budget_ms=500)
    tables = facts.uses[1][1] - facts.uses[0][1]
    if tables > 40:
        differs(f"touch {len(places)} pages, each 2 MiB further, unmap them one by one, then touch "
                "pages until there are no more frames", "40 page tables more, or fewer",
                str(tables))


def test_whole_unmaps_many_regions_in_few_steps(lab: Lab) -> None:
    """Given memory of which every other page has other rights, then unmapping all of it costs each
    region little."""
    trace, pages = SpaceTrace(), 3000
    trace.create(0)
    trace.map(0, RW | PRIVATE, pages * PAGE, HERE)
    for page in range(0, pages, 2):
        trace.protect(0, HERE + page * PAGE, PAGE, READ)
    trace.unmap(0, HERE, pages * PAGE)
    _, run = trace.run(lab)
    most = UNMAP_INSTRUCTIONS_MAX * pages * lab.session.budget_scale
    if run.replies[-1].instructions > most:
        differs(f"map {pages} pages, take the right to write from every other one, unmap them all",
                f"{most} instructions or fewer", str(run.replies[-1].instructions))
