"""Exercise 3.6: calling the timers that are due."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from cairn.lab import Lab

from .run_model import CANCEL, NEVER, SET_AFTER, SET_AT, Action, Play, Told

NOW = 1000


def check(lab: Lab, plays: Sequence[Play], budget_ms: int = 20) -> None:
    """Every play goes as the contract says."""
    run = lab.run([play.request(budget_ms) for play in plays])
    for play, reply in zip(plays, run.replies):
        play.judge(reply)


def at(*deadlines: int) -> list[Told]:
    """Timers whose callbacks do nothing."""
    return [Told(deadline) for deadline in deadlines]


def test_calls_those_that_are_due(lab: Lab) -> None:
    """Given deadlines about now, then those up to now are called, the earliest first."""
    chance = [lab.random.randrange(NOW - 100, NOW + 100) for _ in range(30)]
    check(lab, [Play(NOW, at(NOW - 1, NOW, NOW + 1)), Play(NOW, at(NOW)), Play(NOW, at(NOW + 1)),
                Play(NOW, at(NOW - 1)), Play(NOW, at(5, 4, 3, 2, 1)), Play(NOW, at(7, 7, 7, 7)),
                Play(0, at(0, 1)), Play(1 << 63, at((1 << 63) + 1, 1 << 63, 1, NEVER)),
                Play(NEVER - 1, at(NEVER - 1, NEVER)), Play(NOW, at(*chance)), Play(NOW, [])])


def test_sets_the_hardware_once_at_the_end(lab: Lab) -> None:
    """Given timers that are left or none, then the hardware is set to the first, or to
    TIMER_NEVER."""
    later = [lab.random.randrange(NOW + 1, 10 * NOW) for _ in range(20)]
    check(lab, [Play(NOW, []), Play(NOW, at(1)), Play(NOW, at(1, 2, 3)), Play(NOW, at(NEVER)),
                Play(NOW, at(NOW + 1)), Play(NOW, at(*later)), Play(NOW, at(1, *later, 2)),
                Play(NOW, at(1, 1 << 63)), Play(0, at(5 * NOW, NOW, 3 * NOW))])


def test_notices_that_time_goes_on(lab: Lab) -> None:
    """Given callbacks that take time and a clock that moves, then later timers become due
    meanwhile."""
    slow = [Told(NOW + 10 * i, duration=10) for i in range(8)]
    quick = [Told(NOW + 10 * i, duration=9) for i in range(8)]
    once = [Told(NOW, duration=500), *at(NOW + 1, NOW + 500, NOW + 501, NOW + 499)]
    chance = [Told(NOW + lab.random.randrange(200), duration=lab.random.randrange(20))
              for _ in range(20)]
    check(lab, [Play(NOW, slow), Play(NOW, quick), Play(NOW, once), Play(NOW, chance),
                Play(NOW, at(*range(NOW, NOW + 20)), step=1), Play(NOW, at(NOW, NOW + 5), step=7),
                Play(NOW, at(*range(NOW, NOW + 40, 2)), step=1), Play(NOW, chance, step=3)])


def test_lets_callbacks_set_and_cancel(lab: Lab) -> None:
    """Given callbacks that set and cancel timers, themselves too, then the queue as it is then
    counts."""
    again, gone = Action(SET_AFTER, 0, 100), Action(CANCEL, 1)
    check(lab, [
        Play(NOW, [Told(1, [again])]), Play(NOW, [Told(1, [again]), *at(2, NOW + 50)]),
        Play(NOW, [Told(1, [gone]), *at(2, 3)]), Play(NOW, [Told(1, [gone]), *at(NOW + 5)]),
        Play(NOW, [Told(1, [Action(CANCEL, 0)]), *at(2)]),
        Play(NOW, [Told(1, [Action(SET_AT, 2, 3)]), *at(4, 10)]),
        Play(NOW, [Told(1, [Action(SET_AT, 1, NOW + 7)]), *at(2, 3)]),
        Play(NOW, [Told(1, [Action(SET_AT, 1, 0)]), Told(None), *at(5, 6)]),
        Play(NOW, [Told(1, [Action(SET_AT, 3, 0)]), *at(2, 3), Told(None)]),
        Play(NOW, [Told(1, [Action(SET_AT, 1, NOW + 1)]), Told(None)]),
        Play(NOW, [Told(1, [Action(SET_AT, 1, NOW + 1)], duration=1), Told(None), *at(NOW + 5)]),
        Play(NOW, [Told(1, [Action(CANCEL, timer) for timer in range(1, 6)]), *at(2, 3, 4, 5, 6)]),
        Play(NOW, [Told(1, [Action(CANCEL, 1), Action(SET_AT, 2, NOW + 3)]), *at(2, 3)]),
        Play(NOW, [Told(NOW, [Action(SET_AFTER, 0, 0)]), *at(NOW + 1)]),
    ])


def test_ends_in_any_case(lab: Lab) -> None:
    """Given timers that set themselves to the past for ever, then as many calls as there were
    timers."""
    def ever(timer: int, time: int = 0) -> Told:
        return Told(time, [Action(SET_AT, timer, time)], plays=100)

    check(lab, [Play(NOW, [ever(0)]), Play(NOW, [ever(0), *at(1, 2)]),
                Play(NOW, [ever(0), ever(1)]),
                Play(NOW, [ever(i, i) for i in range(10)]),
                Play(NOW, [Told(0, [Action(SET_AFTER, 0, 0)], plays=100)]),
                Play(NOW, [Told(0, [Action(SET_AT, 1, 1)], plays=100),
                           Told(None, [Action(SET_AT, 0, 1)], plays=100)]),
                Play(NOW, [Told(0, [Action(SET_AT, timer, 1) for timer in range(1, 5)]),
                           *[Told(None)] * 4]),
                Play(NOW, [Told(0, [Action(SET_AFTER, 0, 3)], plays=100), *at(1, 2)], step=5)])


def random_play(random: Random) -> Play:
    """Timers whose callbacks do anything to each other."""
    count = random.randrange(1, 16)
    timers = []
    for _ in range(count):
        actions = []
        for _ in range(random.choice([0, 0, 1, 1, 2, 4])):
            kind = random.choice([SET_AT, SET_AFTER, CANCEL])
            time = NOW + random.randrange(-50, 50) if kind == SET_AT else random.randrange(50)
            actions.append(Action(kind, random.randrange(count), time))
        deadline = NOW + random.randrange(-50, 50) if random.random() < 0.8 else None
        plays = random.choice([1, 3, 100])
        timers.append(Told(deadline, actions, random.choice([0, 0, 5]), plays))
    return Play(NOW, timers, random.choice([0, 0, 1, 10]))


def test_serves_any_queue(lab: Lab) -> None:
    """Given random timers and callbacks, then what the contract says of every event."""
    check(lab, [random_play(lab.random) for _ in range(60)])
