"""Exercise 2.7: two magazines for each processor."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from cairn.lab import Lab

from .magazine_model import MAGAZINES, ROUNDS, Trace
from .traces import STEPS_MAX

# How full a magazine can be, as far as it matters.
BORDERS = (None, 0, 1, ROUNDS - 1, ROUNDS)


def check(lab: Lab, traces: Sequence[Trace], budget_ms: int = 20) -> None:
    """Every trace goes as the contract says."""
    run = lab.run([trace.request(budget_ms) for trace in traces])
    for trace, reply in zip(traces, run.replies):
        trace.judge(reply)


def test_takes_what_was_put_in_last(lab: Lab) -> None:
    """Given a loaded magazine with objects or room, then it is a stack, and nothing else moves."""
    some = lab.random.randrange(2, ROUNDS - 1)
    check(lab, [Trace(ROUNDS, 0, 1, 1).take(ROUNDS), Trace(0, ROUNDS, 1, 1).give(ROUNDS),
                Trace(1, 5, 1, 1).take().give().take(), Trace(ROUNDS - 1, 5, 1, 1).give().take(2),
                Trace(some, ROUNDS, 1, 1).give().take(2).give(2).take(),
                Trace(some, None, 1, 1).take(some).give(ROUNDS).take(3)])


def test_changes_roles_before_it_asks_the_depot(lab: Lab) -> None:
    """Given a loaded magazine that can't serve and a previous one that can, then they change
    roles."""
    some = lab.random.randrange(2, ROUNDS - 1)
    check(lab, [Trace(0, previous, 2, 2).take() for previous in (1, some, ROUNDS)]
          + [Trace(ROUNDS, previous, 2, 2).give() for previous in (0, some, ROUNDS - 1)]
          + [Trace(0, ROUNDS).take(ROUNDS), Trace(ROUNDS, 0).give(ROUNDS),
             Trace(1, 1).take(2), Trace(ROUNDS - 1, ROUNDS - 1).give(2),
             Trace(ROUNDS, 1, 1, 1).take(ROUNDS + 1), Trace(0, some, 1, 1).give(2 * ROUNDS - some)])


def test_exchanges_the_previous_one_with_the_depot(lab: Lab) -> None:
    """Given two magazines that can't serve, then the previous one goes to the depot, once."""
    check(lab, [Trace(0, 0, 1).take(2), Trace(0, 0, 3, 3).take(2 * ROUNDS + 1),
                Trace(ROUNDS, ROUNDS, 0, 1).give(2),
                Trace(ROUNDS, ROUNDS, 3, 3).give(2 * ROUNDS + 1),
                Trace(2, 1, 2, 1).take(2 * ROUNDS + 3).give(2),
                Trace(ROUNDS - 2, ROUNDS - 1, 1, 2).give(2 * ROUNDS + 3).take(2)])


def test_leaves_the_depot_alone_round_a_border(lab: Lab) -> None:
    """Given a program that allocates and frees in turn around a magazine's end, then the depot is
    asked at most once."""
    def swinging(trace: Trace, width: int) -> Trace:
        for _ in range(4):
            trace.take(width).give(width)
        return trace

    widths = (1, 2, lab.random.randrange(3, ROUNDS), ROUNDS)
    pairs = ((1, 0), (0, ROUNDS), (ROUNDS, 0), (0, 0), (ROUNDS, ROUNDS), (0, 1))
    check(lab, [swinging(Trace(*pair, 3, 3, looking=False), width).look()
                for pair in pairs for width in widths])


def test_does_without_magazines(lab: Lab) -> None:
    """Given NULL in place of one magazine or both, then the other serves, or the depot's."""
    traces = []
    for loaded in BORDERS:
        for previous in BORDERS:
            if loaded is None or previous is None:
                traces += [Trace(loaded, previous, 2, 2).take(2).give(2),
                           Trace(loaded, previous, 2, 2).give(2).take(2),
                           Trace(loaded, previous, 1, 0).take(ROUNDS + 1),
                           Trace(loaded, previous, 0, 1).give(2)]
    check(lab, traces)


@pytest.mark.negative
def test_changes_nothing_when_the_depot_has_nothing(lab: Lab) -> None:
    """Given no magazine that can serve and none in the depot, then NULL or false, and all is as
    before."""
    check(lab, [Trace(loaded, previous, 0, empty).take(2)
                for loaded in (None, 0) for previous in (None, 0) for empty in (0, 2)]
          + [Trace(loaded, previous, full, 0, memory=False).give(2).take(2)
             for loaded in (None, ROUNDS) for previous in (None, ROUNDS) for full in (0, 2)]
          + [Trace(1, 1, 0, 1).take(4).give(2),
             Trace(ROUNDS, ROUNDS - 1, memory=False).give(3).take()])


def random_trace(random: Random) -> Trace:
    """A pair that fills and empties in waves."""
    full = random.randrange(MAGAZINES - 2)
    trace = Trace(random.choice(BORDERS), random.choice(BORDERS), full,
                  random.randrange(MAGAZINES - 2 - full), looking=False)
    filling = 0.5
    while trace.code_size < STEPS_MAX / 3:
        if random.random() < 0.05:
            filling = random.choice([0.1, 0.5, 0.9])
        if random.random() < 0.03:
            trace.look()
        if random.random() < filling and trace.can_give():
            trace.give()
        else:
            trace.take()
    return trace.look()


def test_keeps_every_object_in_any_trace(lab: Lab) -> None:
    """Given long random traces, then what the contract says at every step."""
    check(lab, [random_trace(lab.random) for _ in range(10)])
