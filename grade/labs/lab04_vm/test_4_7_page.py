"""Exercise 4.7: a page of an object, filled or copied where needed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from cairn.lab import Lab

from .object_model import Trace, patterns

BORDERS = [0, 1, 63, 64, 4095, 4096, (1 << 18) - 1, 1 << 18]


def check(lab: Lab, traces: Sequence[Trace], budget_ms: int = 50) -> None:
    """Every trace goes as the contract says."""
    asked = [trace.requests(budget_ms) for trace in traces]
    run = lab.run([each for requests in asked for each in requests])
    replies = iter(run.replies)
    for trace, requests in zip(traces, asked):
        trace.judge([next(replies) for _ in requests])


def test_fills_a_new_page_with_zeros(lab: Lab) -> None:
    """Given pages without frames, then each gets zeros of its own, for reading as for writing."""
    pattern = patterns(lab.random.getrandbits(60))
    pages = BORDERS + lab.random.sample(range(10, 60), 6)
    traces = []
    for write in (False, True):
        trace = Trace().dirty(40).put(5, next(pattern)).put(62, next(pattern), 3)
        for page in pages:
            trace.get(page, write).look(page).get(page, not write)
        traces.append(trace.look(*pages, 5, 62).memory())
    check(lab, traces)


def test_keeps_a_page_that_it_alone_has(lab: Lab) -> None:
    """Given a frame with one reference, then it is the page, and may be mapped for writing."""
    pattern = patterns(lab.random.getrandbits(60))
    trace = Trace()
    for page in BORDERS:
        trace.put(page, next(pattern))
    for page in BORDERS:
        trace.read(page).write(page).read(page)
    check(lab, [trace.look(*BORDERS).memory()])


def test_reads_a_shared_page_where_it_is(lab: Lab) -> None:
    """Given frames with more references, then reading changes nothing, and forbids to write."""
    pattern = patterns(lab.random.getrandbits(60))
    trace = Trace(objects=2)
    for page in BORDERS:
        trace.put(page, next(pattern), lab.random.randrange(1, 6))
        trace.read(page).look(page).read(page)
    trace.put(77, next(pattern)).share(77, 0, 1).read(77).read(77, 1).look(77).look(77, which=1)
    check(lab, [trace.look(*BORDERS).memory().memory(1)])


def test_copies_a_shared_page_to_write_it(lab: Lab) -> None:
    """Given frames with more references, then writing gets a copy, and the old frame is told."""
    pattern = patterns(lab.random.getrandbits(60))
    single = Trace().dirty(40)
    for page in BORDERS:
        single.put(page, next(pattern), lab.random.randrange(1, 6))
    for page in BORDERS:
        single.write(page).look_replaced().look(page).release().read(page).write(page)
    single.look(*BORDERS).memory()
    # The last object that has the frame need not copy it.
    several = Trace(objects=3).put(5, next(pattern)).put(6, next(pattern))
    for page in (5, 6):
        several.share(page, 0, 1).share(page, 0, 2)
    for which in (1, 0, 2):
        several.write(5, which).look_replaced().release()
        several.look(5).look(5, which=1).look(5, which=2)
    several.read(6, 2).write(6, 2).release().read(6, 1).write(6, 1).release().write(6)
    check(lab, [single, several.look(6).look(6, which=1).look(6, which=2)])


def test_handles_large_pages_as_a_whole(lab: Lab) -> None:
    """Given an object of 2 MiB pages, then zeros and copies are as large."""
    pattern = patterns(lab.random.getrandbits(60))
    trace = Trace(100, 1, 2).dirty(3).put(1, next(pattern)).share(1, 0, 1).read(3).look(3)
    trace.write(1).look_replaced().look(1).release().look(1, which=1).write(1, 1).memory()
    check(lab, [trace], 200)


@pytest.mark.negative
def test_changes_nothing_without_memory(lab: Lab) -> None:
    """Given allocations that fail in turn, then ERROR_NO_MEMORY, and nothing has changed."""
    pattern = patterns(lab.random.getrandbits(60))
    traces = []
    for page in (3, 100, 1 << 15, 1 << 30):
        new = Trace(1 << 31).put(0, next(pattern), 2).put(64, next(pattern))
        for count in range(1, 8):
            new.fail(count).get(page + count, count % 2 == 0).fail(0)
            new.look(0, 64).memory()
        traces.append(new.look(page).write(page).look(page))
        shared = Trace(1 << 31).put(page, next(pattern), 2)
        shared.fail(1).write(page).look(page).memory().read(page).fail(0).write(page)
        traces.append(shared.look_replaced().look(page).release().memory())
    check(lab, traces)


def random_trace(random: Random) -> Trace:
    """Objects that share pages, and read and write them."""
    pattern = patterns(random.getrandbits(60))
    trace = Trace(objects=4).dirty(60)
    held: set[tuple[int, int]] = set()
    pages = random.sample(BORDERS + list(range(20, 30)), 6)
    for _ in range(60):
        which, page, source = random.randrange(4), random.choice(pages), random.randrange(4)
        if (which, page) not in held and random.random() < 0.5:
            if (source, page) in held:
                trace.share(page, source, which)
            else:
                trace.put(page, next(pattern), random.choice([0, 0, 1, 3]), which)
        else:
            trace.get(page, random.random() < 0.6, which)
            if random.random() < 0.3:
                trace.look_replaced(which)
            trace.release()
        held.add((which, page))
        if random.random() < 0.3:
            trace.look(page, which=which)
    for which, page in sorted(held):
        trace.look(page, which=which)
    return trace.memory()


def test_keeps_contents_in_any_trace(lab: Lab) -> None:
    """Given long random traces of objects that share pages, then what the contract says."""
    check(lab, [random_trace(lab.random) for _ in range(6)])
