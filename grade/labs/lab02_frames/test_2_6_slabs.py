"""Exercise 2.6: objects from slabs."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from cairn.lab import Lab

from .slab_model import OBJECTS_MAX, SLABS, Trace
from .traces import STEPS_MAX

A, B, C, D = range(4)


def check(lab: Lab, traces: Sequence[Trace], budget_ms: int = 20) -> None:
    """Every trace goes as the contract says."""
    run = lab.run([trace.request(budget_ms) for trace in traces])
    for trace, reply in zip(traces, run.replies):
        trace.judge(reply)


def all_of(slab: int, count: int) -> list[tuple[int, int]]:
    return [(slab, index) for index in range(count)]


def test_makes_every_object_of_a_new_slab_free(lab: Lab) -> None:
    """Given new slabs of 1 to 512 objects, then a chain in rising order, first of the empty."""
    counts = [1, 2, 3, OBJECTS_MAX - 1, OBJECTS_MAX, lab.random.randrange(4, OBJECTS_MAX - 1)]
    check(lab, [Trace(count, 16).add(C) for count in counts]
          + [Trace(4).add(B, A, D, C), Trace(1).add(C, A, B)])


def test_takes_the_first_free_object(lab: Lab) -> None:
    """Given slabs with free objects, then each comes once, and NULL after the last."""
    many = lab.random.randrange(5, 60)
    whole = Trace(OBJECTS_MAX, 16, looking=False).add(A).take(OBJECTS_MAX).look().take().look()
    two = Trace(many, 24, looking=False).add(B, A).take(2 * many + 1).look()
    check(lab, [Trace(1).take(), Trace(1).add(A).take(2), Trace(2).add(A).take(3),
                Trace(3, 8).add(A).take(5), Trace(2, 4096).add(A).take(3),
                Trace(3, 1).add(A).take(4), Trace(3, 40).add(A, B).take(7), two, whole],
          budget_ms=40)


def test_gives_an_object_back_to_be_the_next(lab: Lab) -> None:
    """Given objects given back, then each is its slab's first free one, the last one first."""
    many = lab.random.randrange(20, 120)
    order = all_of(A, many)
    lab.random.shuffle(order)
    check(lab, [Trace(3).add(A).take(3).give((A, 1)).take().give((A, 2), (A, 0)).take(2),
                Trace(4).add(A).take(2).give((A, 0)).take(3).give((A, 3), (A, 1), (A, 2)).take(3),
                Trace(2, 72).add(A).take(1).give((A, 0)).take(2).give((A, 1), (A, 0)).take(3),
                Trace(many, 48, looking=False).add(A).take(many).give(*order).look()
                .take(many).look(),
                Trace(OBJECTS_MAX, 8, looking=False).add(A).take(OBJECTS_MAX)
                .give((A, OBJECTS_MAX - 1), (A, 0), (A, 256), (A, 255)).look().take(5).look()])


def test_keeps_each_slab_in_the_list_that_fits(lab: Lab) -> None:
    """Given slabs that fill and empty, then each moves to the front when, and only when, its kind
    changes."""
    check(lab, [
        Trace(2).add(A, B, C).take(6).give((A, 0), (C, 1), (B, 0)).take(3),
        Trace(3).add(A, B, C).take(9).give((B, 0), (A, 0), (C, 0), (B, 1), (A, 1), (B, 2)).take(6),
        Trace(3).add(A, B).take(6).give(*all_of(A, 3), *all_of(B, 3)).take(7),
        Trace(3).add(A, B).take(4).give((A, 0), (B, 1)).take(2),
        Trace(2).add(A).take(2).add(B).take(1).give((A, 1)).take(2).give((B, 0), (A, 0)),
        Trace(4).add(A, B, C).take(12).give((A, 0), (B, 0), (C, 0), (A, 1), (B, 1), (A, 2)).take(1),
    ])


def test_handles_slabs_of_one_object(lab: Lab) -> None:
    """Given slabs of a single object, then they are empty or full, never between."""
    slabs = list(range(SLABS))
    lab.random.shuffle(slabs)
    check(lab, [Trace(1).add(A).take().give((A, 0)).take().give((A, 0)),
                Trace(1).add(A, B, C).take(4).give((B, 0), (C, 0)).take(1).give((A, 0)).take(3),
                Trace(1, 4096).add(*slabs).take(SLABS).give(*((slab, 0) for slab in slabs))
                .take(2)])


def with_some_used(count: int, size: int) -> Trace:
    """Two slabs of which all objects but the last are in use."""
    return Trace(count, size).add(A, B).take(2 * count - 1)


@pytest.mark.negative
def test_refuses_what_is_no_object(lab: Lab) -> None:
    """Given addresses where no object of the slab begins, then an error, and nothing changes."""
    traces = []
    for count, size in ((4, 32), (1, 48), (3, 4096), (OBJECTS_MAX, 8)):
        trace = with_some_used(count, size) if count < OBJECTS_MAX else Trace(
            count, size, looking=False).add(A, B).take(2 * count - 1).look()
        for slab in (B, A):
            trace.give_wrong(slab, 1, "one byte after its first object's start")
            trace.give_wrong(slab, size // 2, "the middle of its first object")
            trace.give_wrong(slab, count * size - 1, "its last object's last byte")
            trace.give_wrong(slab, count * size, "where its last object ends")
            trace.give_wrong(slab, (count + 1) * size, "one object past its last one's end")
            trace.give_wrong(slab, -size, "one object before its first one")
            trace.give_wrong(slab, -1, "one byte before its first object")
            trace.give_wrong(slab, size << 16, "65536 objects after its first one")
            trace.give_wrong(slab, size << 32, "2^32 objects after its first one")
            trace.give_wrong(slab, 1 << 32, "2^32 bytes after its first object")
            trace.give_wrong(slab, -(size << 16), "65536 objects before its first one")
        # The slabs' objects lie 64 bytes apart, the later slab's lower: see the probe.
        trace.give_wrong(B, count * size + 64, "the first object of another slab")
        trace.give_wrong(A, -(count * size + 64), "the first object of another slab")
        trace.give_raw(A, 0, "the address 0").give_raw(A, 1, "the address of its struct slab")
        trace.give_raw(A, (1 << 64) - 1, "the last address there is")
        traces.append(trace.look())
    check(lab, traces)


@pytest.mark.negative
def test_refuses_what_is_free_already(lab: Lab) -> None:
    """Given objects that are free, then an error, and nothing changes."""
    last = OBJECTS_MAX - 1
    check(lab, [Trace(4).add(A).give((A, 0), (A, 3)).take(3).give((A, 1), (A, 1), (A, 3)).take(2),
                Trace(1).add(A).give((A, 0)).take().give((A, 0), (A, 0)),
                Trace(2).add(A, B).take(2).give((B, 0), (A, 1), (B, 0), (B, 1), (B, 1), (B, 0)),
                Trace(OBJECTS_MAX, 16, looking=False).add(A).take(last).give((A, last)).look()
                .take().give((A, last), (A, last), (A, 0), (A, 0)).look()])


def random_trace(random: Random, count: int, size: int) -> Trace:
    """Slabs that come, fill and empty in waves, with a mistake now and then."""
    trace = Trace(count, size, looking=False)
    new = list(range(SLABS))
    random.shuffle(new)
    trace.add(new.pop())
    filling = 0.7
    while trace.code_size < STEPS_MAX - 40:
        used = trace.model.in_use()
        if random.random() < 0.05:
            filling = random.choice([0.3, 0.5, 0.7])
        if random.random() < 0.15 / count:
            trace.look()
        if random.random() < 0.02 and new:
            trace.add(new.pop())
        elif random.random() < 0.03:
            trace.give((random.choice(list(trace.model.slabs)), random.randrange(count)))
        elif random.random() < 0.03:
            distance = random.randrange(-size * count, 2 * size * count)
            if distance % size != 0:
                slab = random.choice(list(trace.model.slabs))
                trace.give_wrong(slab, distance, f"{distance} bytes from its first object")
        elif not used or random.random() < filling:
            trace.take()
        else:
            trace.give(random.choice(used))
    return trace.look()


def test_keeps_order_in_any_trace(lab: Lab) -> None:
    """Given long random traces, then what the contract says at every step."""
    counts = [1, 2, 3, 5, lab.random.randrange(4, 9), lab.random.randrange(10, 40)]
    sizes = [8, 16, 24, 40, 64, 192, 200]
    traces = [random_trace(lab.random, count, lab.random.choice(sizes))
              for count in counts for _ in range(2)]
    check(lab, traces)
