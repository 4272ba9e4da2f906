"""Exercise 3.5: the queue of timers, a binary heap."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from random import Random

import pytest
from cairn.lab import Lab
from labs.lab01_boot.teaching import differs

from .queue_model import STEPS_MAX, TIMERS_MAX, Trace

NEVER = (1 << 64) - 1
MANY = 4000
# For each of MANY timers. A heap takes some 200; one that looks through half the array, 8,000 and
# more.
INSTRUCTIONS_MAX = 1_500


def check(lab: Lab, traces: Sequence[Trace], budget_ms: int = 20) -> None:
    """Every trace goes as the contract says."""
    run = lab.run([trace.request(budget_ms) for trace in traces])
    for trace, reply in zip(traces, run.replies):
        trace.judge(reply)


def test_puts_each_timer_in_its_place(lab: Lab) -> None:
    """Given timers in every order, then each is at its place, and none is before its parent."""
    count = 40
    chance = [lab.random.randrange(1000) for _ in range(count)]
    traces = [Trace().add_all(order) for order in permutations([10, 20, 30, 40])]
    traces += [Trace().add_all(range(1, count)), Trace().add_all(range(count, 0, -1)),
               Trace().add_all(chance),
               Trace().add_all([NEVER, NEVER - 1, 0, 1 << 63, 1 << 32, 1]),
               Trace(1).add(0, 5), Trace(first_sequence=1 << 40).add_all([7, 3, 5, 1])]
    check(lab, traces)


def heap(random: Random, count: int) -> list[int]:
    """Deadlines in an order in which each is put in without a move: parents come first."""
    deadlines: list[int] = []
    for index in range(count):
        least = deadlines[(index - 1) // 2] if index else 0
        deadlines.append(least + random.randrange(1, 1000))
    return deadlines


def test_takes_any_timer_out(lab: Lab) -> None:
    """Given heaps and each place in them, then the timer there goes, and the others keep order."""
    # The last one is in another branch than the first one of these and must rise, or sink.
    rising = [1, 10, 2, 11, 12, 3, 4]
    traces = [Trace(looking=False).add_all(rising).remove(which).look() for which in range(7)]
    for count in (1, 2, 3, 4, 5, 8, 15):
        deadlines = heap(lab.random, count)
        traces += [Trace(looking=False).add_all(deadlines).remove(which).look()
                   for which in range(count)]
    deep = [1, 100, 2, 101, 102, 3, 4, 103, 104, 105, 106, 5, 6, 7, 8, 110, 111, 112, 113]
    traces += [Trace(looking=False).add_all(deep).remove(which).look()
               for which in range(len(deep))]
    order = list(range(30))
    lab.random.shuffle(order)
    traces += [Trace().add_all(heap(lab.random, 30)).remove(*order),
               Trace().add_all(range(8)).remove(*reversed(range(8))),
               Trace().add_all(range(8)).remove(*range(8)).add(5, 1).remove(5)]
    check(lab, traces)


def test_gives_out_the_earliest_first(lab: Lab) -> None:
    """Given any timers, then taking out the first again and again brings them in order."""
    traces = [Trace(looking=False).add_all(order).drain()
              for order in permutations([1, 2, 3, 4, 5])]
    for count in (7, 64, 200):
        chance = [lab.random.getrandbits(64) for _ in range(count)]
        traces.append(Trace(count, looking=False).add_all(chance).drain())
    again = Trace(200, looking=False).add_all([lab.random.randrange(100) for _ in range(100)])
    again.drain(60).add_all([lab.random.randrange(100) for _ in range(60)], 100).drain()
    many = Trace(1000, looking=False).add_many(0, 1000, lab.random.getrandbits(64) | 1)
    check(lab, [*traces, again, many.look().drain().look()])


def test_keeps_equal_deadlines_in_the_order_of_setting(lab: Lab) -> None:
    """Given timers with the same deadline, then the one that was set first is first."""
    numbers = lab.random.sample(range(40), 20)
    backwards = Trace(looking=False, first_sequence=(1 << 33) - 10)
    mixed, again = Trace(looking=False), Trace(looking=False)
    for timer in numbers:
        backwards.add(timer, 1000)
        mixed.add(timer, lab.random.choice([1000, 1001]))
        again.add(timer, 1000)
    again.remove(*numbers[:5])
    for timer in numbers[:5]:
        again.add(timer, 1000)
    bulk = Trace(500, looking=False).add_many(0, 500, lab.random.getrandbits(64) | 1, 0, 61)
    check(lab, [trace.look().drain().look() for trace in (backwards, mixed, again, bulk)])


@pytest.mark.negative
def test_refuses_one_timer_too_many(lab: Lab) -> None:
    """Given a full array, then ERROR_NO_SPACE and nothing has changed; a place that is left is
    used."""
    traces = [Trace(room).add_all(range(room, 0, -1)).add(room, 0).add(room + 1, 99).remove(0)
              .add(room, 0).add(0, 7) for room in (1, 2, 3, 8)]
    most = Trace(TIMERS_MAX, looking=False).add_many(0, TIMERS_MAX - 1, -1, -1)
    check(lab, [Trace(0).add(0, 1), *traces, most.add(TIMERS_MAX - 1, 5).drain(3).look()])


def test_takes_few_steps_with_thousands(lab: Lab) -> None:
    """Given thousands of timers, then adding and taking out cost few instructions for each."""
    room, chance = TIMERS_MAX, lab.random.getrandbits(64) | 1
    stride = 1 + 2 * lab.random.randrange(1, 10)
    traces = {
        "in the order of their deadlines": Trace(room, looking=False).add_many(0, MANY, 1),
        "each before all others": Trace(room, looking=False).add_many(0, MANY, -1, -1),
        "in any order": Trace(room, looking=False).add_many(0, MANY, chance),
    }
    several = Trace(room, looking=False).add_many(0, MANY, chance)
    removed = MANY // stride
    several.remove_many(0, removed, stride).look()
    drained = Trace(room, looking=False).add_many(0, MANY, chance).drain(MANY)
    drained.operations += MANY
    traces |= {"and taken out in the order of their numbers": several,
               "and taken out in the order of their deadlines": drained}
    run = lab.run([trace.request(500) for trace in traces.values()])
    for (how, trace), reply in zip(traces.items(), run.replies):
        trace.judge(reply)
        each = reply.instructions // trace.operations
        most = INSTRUCTIONS_MAX * lab.session.budget_scale
        if each > most:
            differs(f"add {MANY} timers, {how}", f"{most} instructions for each, or fewer",
                    str(each), "with each step, a timer moves by a level of the heap")


def random_trace(random: Random) -> Trace:
    """A queue that grows and shrinks in waves."""
    room = random.choice([5, 20, 60])
    trace = Trace(room, first_sequence=random.getrandbits(40), looking=False)
    deadlines = random.choice([3, 100, NEVER])
    held: list[int] = []
    free = list(range(60))
    growing = 0.6
    while len(trace.code) < STEPS_MAX // 2:
        if random.random() < 0.03:
            growing = random.choice([0.2, 0.5, 0.8])
        if random.random() < 0.1:
            trace.look()
        if random.random() < growing and len(held) < room:
            held.append(free.pop(random.randrange(len(free))))
            trace.add(held[-1], random.randrange(deadlines))
        elif held:
            free.append(held.pop(random.randrange(len(held))))
            trace.remove(free[-1])
    return trace.look().drain().look()


def test_keeps_order_in_any_trace(lab: Lab) -> None:
    """Given long random traces, then what the contract says at every look."""
    check(lab, [random_trace(lab.random) for _ in range(12)])
