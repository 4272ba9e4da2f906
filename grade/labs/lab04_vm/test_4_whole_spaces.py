"""Address spaces as a whole: regions, page tables, objects and faults together.

These tests carry no points: they need most exercises of the lab at once. They are marked as
negative so that they hold back nobody's points.
"""

from __future__ import annotations

import pytest
from cairn.lab import Lab
from labs.lab01_boot.teaching import differs
from labs.lab03_traps.debugger_model import session, symbol_of

from .space_facts import Facts
from .space_model import (COMBINE, DEVICE, EXECUTE, GIB, INVALID, MIB, NO_MEMORY, NO_SPACE,
                          PAGE, PRIVATE, READ, USER_END, USER_START, WRITE)
from .space_random import RandomTrace
from .space_trace import NONE, SLOTS, SpaceTrace

pytestmark = pytest.mark.negative

RW = READ | WRITE
HERE = 64 * MIB


def same_use(facts: Facts, asked: str, first: int = 0, last: int = -1) -> None:
    """Nothing stayed in use between two counts."""
    names = ("frames of objects", "frames of page tables", "free frames", "promised frames",
             "frames that may be promised")
    for name, before, after in zip(names, facts.uses[first], facts.uses[last]):
        if before != after:
            differs(asked, f"{before} {name}, as before", str(after))


def warm_up(trace: SpaceTrace) -> None:
    """Everything once, for what stays for ever, such as each cache's magazines; then a count."""
    trace.create(0)
    for number in range(40):
        trace.map(0, RW | PRIVATE, 2 * PAGE, HERE + 4 * number * PAGE)
        trace.write(0, HERE + 4 * number * PAGE, 1, number)
    trace.protect(0, HERE, PAGE, READ)
    for number in range(1, 8):
        trace.clone(number - 1, number)
        trace.write(number, HERE + 4 * number * PAGE, 1, number)
    trace.end()


@pytest.mark.parametrize("kind", ["plain", "checked"])
def test_whole_keeps_every_byte_in_any_trace(lab: Lab, kind: str) -> None:
    """Given a long random trace on several spaces, then every byte, error and region is as the
    model says, and nothing stays in use at the end."""
    trace = SpaceTrace()
    warm_up(trace)
    RandomTrace(trace, lab.random).steps(1500 if kind == "plain" else 400)
    trace.end()
    facts, _ = trace.run(lab, f"heap={kind}")
    if kind == "plain":
        same_use(facts, "a long trace, then release everything")


def test_whole_survives_failing_allocations(lab: Lab) -> None:
    """Given any operation in which the n-th allocation fails, for each n, then ERROR_NO_MEMORY and
    nothing has changed; and in the end it is done."""
    trace, rights = SpaceTrace(), RW | PRIVATE
    warm_up(trace)
    trace.hard()
    trace.create(0)
    trace.hard()
    trace.object(0, 8 * PAGE)
    for number in range(6):
        trace.hard()
        trace.map(0, rights, 9 * PAGE, HERE + 16 * number * PAGE)
        trace.hard()
        trace.fault(0, HERE + 16 * number * PAGE + PAGE, WRITE)
        trace.write(0, HERE + 16 * number * PAGE, 3 * PAGE, number)
        # Each try takes a random place of its own, so that only the last one counts.
        trace.hard()
        trace.map(0, rights, PAGE, fixed=False)
        trace.hard()
        trace.map(0, RW, 2 * PAGE, GIB + 4 * number * PAGE, object=0, offset=number * PAGE)
    trace.fault(0, GIB, READ)
    for number, operation in enumerate(("protect", "unmap", "guard", "all", "map")):
        address = HERE + 16 * number * PAGE
        trace.hard()
        if operation == "unmap":
            trace.unmap(0, address + 2 * PAGE, 3 * PAGE)
        elif operation == "map":
            trace.map(0, rights, PAGE, HERE + GIB * 600)
        else:
            trace.protect(0, address + PAGE, (20 if operation == "all" else 3) * PAGE,
                          0 if operation == "guard" else READ)
        trace.regions(0)
    trace.hard()
    trace.clone(0, 1)
    trace.regions(0)
    trace.regions(1)
    for space in (1, 0):
        trace.hard()
        trace.fault(space, HERE, WRITE)
        # A copy that finds no memory says so.
        trace.hard()
        trace.write(space, HERE + PAGE, PAGE, 7)
        trace.read(space, HERE, PAGE)
    trace.count()
    trace.end()
    facts, _ = trace.run(lab)
    same_use(facts, "do all of it with failing allocations, then release everything")


def test_whole_clones_to_any_depth(lab: Lab) -> None:
    """Given clones of clones of which each is written to, then each keeps what is its own, also
    when others end."""
    trace = SpaceTrace()
    warm_up(trace)
    trace.create(0)
    trace.map(0, RW | PRIVATE, 24 * PAGE, HERE)
    trace.map(0, RW, 2 * PAGE, GIB)
    trace.write(0, HERE, 20 * PAGE // 3, 1)
    for depth in range(1, 9):
        trace.clone(depth - 1, depth)
        # New rights must not make writable what is still shared.
        trace.read(depth, HERE, 3 * PAGE)
        trace.protect(depth, HERE, 3 * PAGE, RW)
        trace.mapping(depth, HERE)
        trace.write(depth, HERE + depth, 3, depth)
        trace.write(depth, HERE + depth * PAGE, 2 * PAGE + 5, depth)
        trace.write(lab.random.randrange(depth), HERE + depth * PAGE - 9, 18, 100 + depth)
        trace.write(depth, GIB + depth, 1, depth)
        trace.count()
    order = list(range(9))
    lab.random.shuffle(order)
    for space in order:
        for other in trace.spaces:
            trace.read(other, HERE, 12 * PAGE)
            trace.read(other, GIB, PAGE)
        trace.release(space)
        trace.count()
    trace.end()
    facts, _ = trace.run(lab)
    same_use(facts, "clone eight times, write to each, and release all")


def test_whole_shares_memory(lab: Lab) -> None:
    """Given an object that is mapped many times, then a write by one mapping is seen by all, also
    when the object was cloned in between."""
    trace = SpaceTrace()
    warm_up(trace)
    trace.object(0, 4 * PAGE)
    for space in range(3):
        trace.create(space)
        for number in range(3):
            flags = PRIVATE if space == 2 else 0
            trace.map(space, RW | flags, 4 * PAGE, HERE + 64 * number * PAGE, object=0)
            trace.read(space, HERE + 64 * number * PAGE, 4 * PAGE)
    for number in range(12):
        space = lab.random.randrange(2)
        if number % 4 == 0:
            trace.clone(2, 3 + number)  # shares the frames: who writes next gets another one
        trace.write(space, HERE + 64 * (number % 3) * PAGE + number * 1000, 1000, number)
        for each in trace.spaces:
            trace.read(each, HERE + 64 * (number * 7 % 3) * PAGE, 4 * PAGE)
            trace.mapping(each, HERE + 64 * (number % 3) * PAGE + number * 1000)
        trace.count()
    trace.end()
    facts, _ = trace.run(lab)
    same_use(facts, "share an object, then release everything")


def test_whole_maps_large_and_physical_pages(lab: Lab) -> None:
    """Given objects of large pages and of physical addresses, then they are mapped as such."""
    trace, large = SpaceTrace(), 2 * MIB
    warm_up(trace)
    trace.create(0)
    trace.object(0, 3 * large, 1)
    trace.map(0, RW | PRIVATE, 2 * large, GIB, object=0, offset=large)
    trace.write(0, GIB + large - 100, 200, 7)
    trace.mapping(0, GIB + large - 1)
    trace.mapping(0, GIB + large)
    trace.clone(0, 1)
    trace.write(1, GIB + large, 100, 8)
    trace.read(0, GIB + large - 200, 4 * PAGE)
    trace.unmap(0, GIB, PAGE)
    trace.protect(0, GIB + PAGE, large, READ)
    trace.protect(0, GIB, large, READ)
    trace.write(0, GIB, 1, 9)
    trace.unmap(0, GIB + large, large)
    for number, flags in enumerate((0, DEVICE, COMBINE)):
        address = HERE + number * MIB
        trace.object_window(1 + number, 2 * PAGE * number, 2 * PAGE, flags)
        trace.map(0, RW, 2 * PAGE, address, object=1 + number)
        trace.write(0, address + 10, PAGE, number)
        trace.mapping(0, address)
        trace.read(0, address, 2 * PAGE)
        trace.protect(0, address, PAGE, READ)
        trace.write(0, address, 1, 5)
        trace.fault(0, address, READ)
        trace.mapping(0, address)
    trace.map(0, READ | EXECUTE, PAGE, HERE - PAGE, object=2)
    trace.protect(0, HERE, 2 * MIB, READ | EXECUTE)
    trace.protect(0, HERE + MIB, PAGE, READ | EXECUTE)
    trace.map(0, READ | PRIVATE, PAGE, HERE - PAGE, object=1)
    trace.regions(0)
    trace.end()
    facts, _ = trace.run(lab)
    same_use(facts, "map large and physical pages, then release everything")


def test_whole_refuses_hostile_arguments(lab: Lab) -> None:
    """Given arguments that make no sense, then each is an error, and nothing has changed."""
    trace, top, everything = SpaceTrace(), 1 << 64, 1 << 63
    trace.create(0)
    trace.object(0, 8 * PAGE)
    trace.map(0, RW, 16 * PAGE, HERE)
    trace.write(0, HERE, 5000, 1)
    addresses = [0, 1, USER_START - PAGE, USER_START + 1, HERE + PAGE // 2, USER_END - PAGE,
                 USER_END, USER_END + PAGE, 1 << 47, (1 << 47) + PAGE, everything,
                 0xffff_8000_0000_0000, 0xffff_ffff_8000_0000, top - PAGE, top - 1,
                 lab.random.getrandbits(64)]
    sizes = [0, 1, PAGE - 1, PAGE, PAGE + 1, USER_END, 1 << 47, 1 << 48, everything, top - PAGE,
             top - 1, lab.random.getrandbits(64)]
    for address in addresses:
        for size in sizes:
            if trace.map(0, RW, size, address) == 0:
                trace.unmap(0, address, size)
            trace.protect(0, address, size, READ)
            if size != PAGE or address != HERE:
                trace.unmap(0, address, size)
        trace.fault(0, address, READ)
        trace.write(0, address, PAGE, 2)
        trace.read(0, address, 9)
    for size in sizes:
        if trace.map(0, RW, size, fixed=False) == 0:
            trace.unmap(0, HERE + GIB, PAGE)
        trace.map(0, RW, PAGE, HERE + GIB, object=0, offset=size)
        trace.map(0, RW, size, HERE + 2 * GIB, object=0, offset=2 * PAGE)
        trace.map(0, RW, PAGE, fixed=False, alignment=size)
    for flags in (WRITE, EXECUTE, WRITE | EXECUTE, 8, READ | 8, READ | 16, READ | 32, RW | 64,
                  READ | 1 << 9, READ | 1 << 15):
        trace.map(0, flags, PAGE, HERE + GIB)
        trace.protect(0, HERE, PAGE, flags)
    trace.map(0, 0, PAGE, HERE + 3 * GIB)
    trace.protect(0, HERE + 3 * GIB, PAGE, RW)
    trace.fault(0, HERE, EXECUTE)
    trace.no_object(1, 0, 0, INVALID)
    trace.no_object(1, PAGE, 3, INVALID)
    trace.no_object(1, top - 1, 0, INVALID)
    trace.no_object(1, everything, 0, NO_MEMORY)
    for size in (1, PAGE, top - PAGE, top - 1):
        for address in (USER_END - 1, USER_END, everything, top - 1):
            trace.write(NONE, address, size, 3)
            trace.read(NONE, address, size)
    trace.regions(0)
    trace.read(0, HERE, 16 * PAGE)
    trace.end()
    trace.run(lab)


def test_whole_refuses_what_is_promised_already(lab: Lab) -> None:
    """Given the limit of promises, then what goes beyond it is ERROR_NO_MEMORY, also a clone; and
    with another limit more can be had."""
    size = lab.random.randrange(33, 50) * MIB
    for percent, fits in ((100, False), (1000, True)):
        trace = SpaceTrace()
        trace.count()
        trace.create(0)
        trace.map(0, RW | PRIVATE, size, GIB)
        trace.write(0, GIB + size - PAGE, PAGE, 3)
        if fits:
            trace.clone(0, 1)
            trace.map(0, RW, size, 2 * GIB)
            trace.read(0, 2 * GIB, 100)
        else:
            trace.refused_clone(0, 1, NO_MEMORY)
            trace.refused_map(0, RW, size, NO_MEMORY)
            trace.no_object(0, size, 0, NO_MEMORY)
        trace.read(0, GIB + size - PAGE, PAGE)
        trace.regions(0)
        trace.count()
        trace.end()
        facts, _ = trace.run(lab, f"heap=plain overcommit={percent}", memory="64M")
        for place in (3, 4):
            same_use_of(facts, place)
        promised = facts.uses[1][3] - facts.uses[0][3]
        if promised != (3 if fits else 1) * size // PAGE:
            differs("map, clone and map again" if fits else "map",
                    f"{(3 if fits else 1) * size // PAGE} frames promised", str(promised))


def same_use_of(facts: Facts, place: int) -> None:
    """Promises are as they were before."""
    if facts.uses[0][place] != facts.uses[-1][place]:
        differs("release everything", f"{facts.uses[0][place]} frames promised, as before"
                if place == 3 else f"a limit of {facts.uses[0][place]} frames",
                str(facts.uses[-1][place]))


def test_whole_survives_a_full_memory(lab: Lab) -> None:
    """Given more promises than memory, then a write that finds none fails, and nothing else."""
    trace, size = SpaceTrace(), 60 * MIB
    trace.create(0)
    trace.map(0, RW, size, GIB)
    trace.fill(0, GIB, size // PAGE)
    trace.fill(0, GIB, size // PAGE)
    trace.unmap(0, GIB, size)
    trace.map(0, RW, MIB, GIB)
    trace.write(0, GIB, 9000, 4)
    trace.read(0, GIB, 3 * PAGE)
    trace.end()
    facts, _ = trace.run(lab, "heap=plain overcommit=400", memory="32M", budget_ms=500)
    first, second = facts.filled
    if not 1000 < first < size // PAGE or first != second:
        differs("write to each page of 60 MiB, twice, on a machine of 32 MiB",
                "both times as many pages as there are free frames", f"{first}, then {second}")


def test_whole_places_are_random(lab: Lab) -> None:
    """Given regions without a place, then each is somewhere else, aligned and over no other; and
    another start of the machine has other places."""
    came: list[list[int]] = []
    for _ in range(2):
        trace = SpaceTrace()
        trace.create(0)
        alignments = [0, PAGE, 0, 1 << 21, 1 << 30, 1 << 40]
        for number in range(120):
            size = PAGE * (1 << number % 20)
            trace.map(0, 0, size, fixed=False, alignment=alignments[number % 6])
        # As large as all of user memory: but some of that is in use.
        trace.refused_map(0, 0, USER_END - USER_START, NO_SPACE)
        facts, _ = trace.run(lab)
        ranges = sorted((facts.places[place], PAGE << (place - 1) % 20) for place in range(1, 121))
        for (start, size), (above, _) in zip(ranges, ranges[1:]):
            if start + size > above:
                differs("map 120 regions anywhere", f"nothing over 0x{size:x} bytes at 0x{start:x}",
                        f"another region at 0x{above:x}")
        # The greatest alignment leaves few places to choose from.
        came.append([facts.places[place] for place in range(1, 121) if place % 6])
        high = {address >> 42 for address in came[-1]}
        if len(high) < 12:
            differs("map 120 regions anywhere", "addresses in all of user memory",
                    f"addresses in {len(high)} of 32 parts of it")
    if set(came[0]) & set(came[1]):
        differs("map 120 regions anywhere, after each of two starts", "other addresses",
                f"{len(set(came[0]) & set(came[1]))} addresses twice")


def test_whole_can_be_watched(lab: Lab) -> None:
    """Given watched memory, when a space is made, mapped and touched, then all goes as ever, and
    the next write is seen."""
    # Where watching is stepping, promises are made by instructions that no trap may come between.
    base, _ = symbol_of(lab.session.elf, "drawn")
    mapping = f"spaces map 1 {4 * PAGE}"
    lines = [f"watch {base:#x} 8", "spaces new", mapping, f"poke {base:#x} 1 8", "continue"]
    answers = session(lab, lines)
    answers[1].expect_text("^space 1")
    answers[2].expect_text("^0x[0-9a-f]+")
    answers[3].expect("what is hit", ("watchpoint", 1, 1), answers[3].hit)
    answers[4].expect("where it stops", None, answers[4].stopped)


def test_whole_knows_who_runs(lab: Lab) -> None:
    """Given many spaces with other bytes at the same addresses, then each sees its own, in any
    order of switches; none sees anything without a space."""
    trace = SpaceTrace()
    for space in range(SLOTS):
        trace.create(space)
        trace.map(space, RW | PRIVATE, 2 * PAGE, HERE)
        trace.write(space, HERE + 100, PAGE, space)
    for _ in range(150):
        trace.read(lab.random.randrange(SLOTS), HERE, 2 * PAGE)
        if lab.random.randrange(5) == 0:
            trace.switch(NONE)
            trace.read(NONE, HERE, 1)
        if lab.random.randrange(5) == 0:
            space = lab.random.randrange(SLOTS)
            trace.release(space)
            trace.create(space)
            trace.read(space, HERE, 1)
            trace.map(space, RW | PRIVATE, 2 * PAGE, HERE)
            trace.read(space, HERE, 1)
            trace.write(space, HERE + 200, PAGE, lab.random.getrandbits(60))
    trace.end()
    trace.run(lab)
