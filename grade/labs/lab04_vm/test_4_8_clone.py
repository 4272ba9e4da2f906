"""Exercise 4.8: the copy of a page index."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from cairn.lab import Lab

from .index_model import Trace


def check(lab: Lab, traces: Sequence[Trace], budget_ms: int = 50) -> None:
    """Every trace goes as the contract says."""
    asked = [trace.requests(budget_ms) for trace in traces]
    run = lab.run([each for requests in asked for each in requests])
    replies = iter(run.replies)
    for trace, requests in zip(traces, asked):
        trace.judge([next(replies) for _ in requests])


def test_copies_what_is_there(lab: Lab) -> None:
    """Given indices of any height, then the copy has the same frames for the same pages."""
    chance = lab.random.randrange(1 << 40)
    shapes = [[0], [63], [0, 63], [64], [63, 64], [0, 4095, 4096], [1 << 18], [(1 << 24) - 1],
              [5, 1 << 30], [(1 << 48) - 1, 0], [chance], [1 << 51, (1 << 52) - 1, 7]]
    traces = [Trace().set(*shape).clone().look(0, 1) for shape in shapes]
    traces += [Trace().set_many(0, 64).clone().look(0, 1),
               Trace().set_many(40, 300).clone().look(0, 1),
               Trace().set_many(lab.random.randrange(64), 100, 64).clone().look(0, 1)]
    check(lab, traces)


def test_counts_each_frame_once_more(lab: Lab) -> None:
    """Given frames with any number of references, then each has one more; with each clone."""
    once = Trace().set_many(60, 10)
    for page in range(60, 70, 3):
        once.refer(page, lab.random.randrange(1, 100))
    once.look(0).clone().look(0, 1)
    again = Trace().set(1, 100, 10000).clone(1).clone(2).clone(3, 1).clone(4, 3).look(0, 1, 2, 3, 4)
    again.clear(0).look(1, 2, 3, 4).clear(3).look(1, 2, 4)
    check(lab, [once, again])


def test_leaves_empty_nodes_out(lab: Lab) -> None:
    """Given nodes that have become empty, then the copy is as high, and has the others only."""
    traces = [
        Trace().set(5, 100000, 70).remove(100000).look(0).clone().look(0, 1),
        Trace().set(5, 1 << 40).remove(1 << 40).clone().look(0, 1).set(1 << 40, index=1).look(0, 1),
        Trace().set(5, 1 << 40).remove(5).clone().look(0, 1),
        Trace().set_many(0, 40, 64).remove(64, 13, 192).clone().look(0, 1),
        Trace().set_many(0, 100, 4096).remove(0, 50, 8192).clone().look(0, 1),
    ]
    check(lab, traces)


def test_copies_nothing_from_nothing(lab: Lab) -> None:
    """Given an index without frames, then the copy has no node and can be used."""
    page = lab.random.randrange(1 << 30)
    traces = [Trace().clone().look(0, 1).set(page, index=1).look(0, 1),
              Trace().set(page).remove(page).clone().look(0, 1).set(3, index=1).look(0, 1),
              Trace().set_many(0, 70).remove(0, 70).clone().look(1).clone(2, 1).look(2)]
    check(lab, traces)


def test_copies_change_apart(lab: Lab) -> None:
    """Given an index and its copy, then what happens to one is not seen in the other."""
    pages = lab.random.sample(range(5000), 30)
    apart = Trace().set(*pages).clone().set(6000, 1 << 20, index=1).look(0, 1)
    apart.remove(pages[0]).remove(pages[1], index=1).look(0, 1).set(7000).look(0, 1)
    apart.clear(0).look(0, 1).clone(2, 1).clear(1).look(2)
    check(lab, [apart])


@pytest.mark.negative
def test_undoes_all_when_memory_runs_out(lab: Lab) -> None:
    """Given each allocation failing in turn, then ERROR_NO_MEMORY, and nothing has changed."""
    far = lab.random.randrange(1 << 35, 1 << 36)
    shapes = [Trace().set(9), Trace().set(0, 64, 5000, 1 << 20, far),
              Trace().set_many(lab.random.randrange(1000), 90),
              Trace().set_many(0, 9, 64 * 64 + 1), Trace().set_many(3, 20, 130).refer(3, 5)]
    # What leaks is seen once it fills whole frames.
    traces = [shape.look(0).fail().memory().fail(times=24).memory().look(0, 1).clone().look(0, 1)
              for shape in shapes]
    check(lab, traces, 400)


def random_trace(random: Random) -> Trace:
    """Indices that are filled, copied and thinned out in turn."""
    trace = Trace()
    held: dict[int, set[int]] = {0: set()}
    span = 1 << random.choice([6, 9, 12, 20, 40])
    for _ in range(60):
        index = random.choice(list(held))
        kind = random.random()
        if kind < 0.5:
            page = random.randrange(span)
            if page not in held[index]:
                held[index].add(page)
                trace.set(page, index=index)
        elif kind < 0.75 and held[index]:
            page = random.choice(sorted(held[index]))
            held[index].remove(page)
            trace.remove(page, index=index)
        elif kind < 0.85 and len(held) > 1:
            del held[index]
            trace.clear(index)
        else:
            to = next((each for each in range(8) if each not in held), None)
            if to is not None:
                held[to] = set(held[index])
                trace.clone(to, index).look(index, to)
    return trace.look(*held)


def test_copies_any_index(lab: Lab) -> None:
    """Given long random traces, then what the contract says at every look."""
    check(lab, [random_trace(lab.random) for _ in range(12)])
