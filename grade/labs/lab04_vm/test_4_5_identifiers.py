"""Exercise 4.5: identifiers for address spaces, in generations."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from cairn.lab import Lab

from .identifier_model import HOLDERS_MAX, STEPS_MAX, Trace

MOST = 1 << 16


def check(lab: Lab, traces: Iterable[Trace]) -> None:
    """Every trace goes as the contract says."""
    traces = list(traces)
    run = lab.run([trace.request() for trace in traces])
    for trace, reply in zip(traces, run.replies, strict=True):
        trace.judge(reply)


def test_gives_out_free_ones_in_order(lab: Lab) -> None:
    """Given free identifiers, then the next one from `next` on, and from 1 on behind the last."""
    random = lab.random
    traces = [Trace(8).assign(0, 1, 2).used(), Trace(3).assign(0, 1).used(),
              Trace(70).assign(*range(69)).used()]
    for count in (8, 64, 65, 128, 256, MOST):
        # To the last one, and around.
        traces.append(Trace(count, following=count - 2).assign(0, 1, 2, 3).used())
        taken = Trace(count, following=count - 1).fill(count - 1, 1).fill(1, 3)
        traces.append(taken.assign(0, 1).used())
    # Behind stretches that are given out, to the border of a word and past it.
    for first, size in ((1, 62), (1, 63), (1, 64), (5, 200), (64, 64), (60, 8), (130, 69)):
        traces.append(Trace(300, following=first).fill(first, size).assign(0, 1).used())
    holes = Trace(200, following=150)
    for first in random.sample(range(1, 200), 100):
        holes.fill(first, 1)
    traces.append(holes.assign(*range(60)).used())
    # Only one is left, and it lies before `next`.
    last = random.randrange(2, MOST - 2)
    traces.append(Trace(MOST, following=last + 1).fill(1, last - 1)
                  .fill(last + 1, MOST - 1 - last).assign(0).used())
    check(lab, traces)


def test_keeps_what_a_holder_has(lab: Lab) -> None:
    """Given holders with an identifier of this generation, then they keep it, and no other is
    used up; those of another generation get one."""
    check(lab, [
        Trace(10).assign(0, 0, 1, 0, 1, 1, 2).used(),
        Trace(10, generation=7).set(0, 4, 7).fill(4, 1).assign(0, 1, 0).used(),
        Trace(10, generation=7).set(0, 4, 6).set(1, 4, 8).set(2, 4, 1).assign(0, 1, 2).used(),
        Trace(10, generation=1 << 40).set(0, 3, 0).set(1, 3, 1).assign(0, 1, 0, 1).used(),
        Trace(5).assign(0, 1, 2, 3, 0, 1, 2, 3).used(),
        Trace(5).assign(0, 1).drop(0).assign(0, 1).used(),
    ])


def test_begins_a_generation_when_none_is_free(lab: Lab) -> None:
    """Given that all are given out, then a new generation begins, in which all are free."""
    traces = []
    for count in (3, 4, 63, 64, 65, 66, 127, 128, 129):
        trace = Trace(count, generation=5, looking=count < 6)
        traces.append(trace.assign(*range(count - 1)).look().assign(count, 0).used().look())
    traces += [
        Trace(MOST, 8).fill(1, MOST - 1).assign(0, 1).used(),
        Trace(MOST, 8).fill(1, MOST - 2).assign(0).used().assign(1).used(),
        # From the middle on, the search goes around before it gives up.
        Trace(6, 2, following=4).fill(4, 2).assign(0, 1, 2, 3, 0).used(),
        Trace(5, 2).assign(*range(4)).assign(4).forget(0).assign(5, 6, 7).forget(1).assign(8)
        .used(),
        Trace(4).assign(*[i % 5 for i in range(40)]).used(),
    ]
    check(lab, traces)


def test_keeps_those_that_run(lab: Lab) -> None:
    """Given holders that run when a generation ends, then they move into the next one with what
    they have, and nobody else gets that."""
    random = lab.random
    traces = [
        Trace(5, 2).assign(0, 1, 2, 3).run(0, 0).run(1, 2).assign(4, 5, 1).used(),
        # One holder on all processors; nobody on some.
        Trace(9, 4).assign(*range(8)).run(0, 7).run(1, 7).run(3, 7).assign(8, 9).used(),
        Trace(9, 4).assign(*range(8)).run(2, 0).run(3, 0).assign(8).used(),
        # Who runs without one, or with one of an older generation, does not keep it.
        Trace(5, 2).run(0, 9).assign(0, 1, 2, 3).run(1, 1).assign(9).used(),
        Trace(5, 2, generation=9).assign(0, 1, 2, 3).set(5, 2, 8).set(6, 3, 0).run(0, 5).run(1, 6)
        .assign(4, 7).used(),
        Trace(5, 2, generation=9).assign(0, 1, 2, 3).set(5, 2, 8).run(0, 5).run(1, 1).assign(5)
        .used(),
        # Those that kept theirs keep it again, or lose it when they don't run any more.
        Trace(5, 2).assign(0, 1, 2, 3).run(0, 1).run(1, 3).assign(4, 5, 6, 7).run(1, None)
        .assign(8, 3, 1).used(),
        # The first and the last identifier of a word, and of the pool.
        Trace(130, 3).fill(1, 129).set(0, 1, 1).set(1, 63, 1).set(2, 129, 1).run(0, 0).run(1, 1)
        .run(2, 2).assign(3, 4, 0, 1, 2).used(),
        Trace(MOST, 2).fill(1, MOST - 1).set(0, MOST - 1, 1).set(1, 64, 1).run(0, 0).run(1, 1)
        .assign(3, 0).used(),
    ]
    most = Trace(129, 64).fill(1, 128)
    for processor, identifier in enumerate(random.sample(range(1, 129), 64)):
        most.set(processor, identifier, 1).run(processor, processor)
    traces.append(most.assign(100, *range(64), 101).used())
    check(lab, traces)


def random_trace(random: Random) -> Trace:
    """Processors that switch between more holders than there are identifiers."""
    processors = random.choice([1, 2, 4, 8])
    count = random.choice([2 * processors + 1, 20, 64, 65, 100])
    trace = Trace(count, processors, generation=random.randrange(1, 1 << 48), looking=False)
    holders = random.randrange(count, min(2 * count, HOLDERS_MAX))
    running: dict[int, int] = {}
    while len(trace.code) < STEPS_MAX - 100:
        holder, processor = random.randrange(holders), random.randrange(processors)
        choice = random.random()
        if choice < 0.85:
            # A switch: it says whom it runs, and then gets an identifier for it.
            running[processor] = holder
            trace.run(processor, holder).assign(holder).forget(processor)
        elif choice < 0.9:
            running.pop(processor, None)
            trace.run(processor, None)
        elif holder not in running.values():
            trace.drop(holder)
        if random.random() < 0.015:
            trace.look().used()
    return trace.look().used()


def test_keeps_to_the_contract_in_any_trace(lab: Lab) -> None:
    """Given long random traces of processors that switch, then what the contract says."""
    check(lab, [random_trace(lab.random) for _ in range(8)])
