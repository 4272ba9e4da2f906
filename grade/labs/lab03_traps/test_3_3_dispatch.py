"""Exercise 3.3: calling the handlers of an interrupt."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from cairn.lab import Lab

from .dispatch_model import CLAIM, DETACH, NONE, NUMBERS, ONCE, REUSE, Script, judge


def check(lab: Lab, scripts: Sequence[Script]) -> None:
    """Runs the scripts in one boot."""
    run = lab.run([script.request() for script in scripts])
    for script, reply in zip(scripts, run.replies, strict=True):
        judge(script, reply)


def test_calls_the_handler_of_the_number(lab: Lab) -> None:
    """Given chains of one at the borders and anywhere, then that of the number only is called."""
    places = [0, 1, 31, 32, 511, 512, NUMBERS - 2, NUMBERS - 1]
    places += lab.random.sample(range(33, 511), 40)
    script = Script()
    for place in places:
        script.chain(place, [CLAIM], first_count=lab.random.randrange(1000))
    check(lab, [script.dispatch(*places, *lab.random.choices(places, k=60))])


def test_asks_all_of_a_chain(lab: Lab) -> None:
    """Given chains of 2, 3 and many, whoever answers, then all are called in their order."""
    scripts = []
    for size in (2, 3):
        for claims in itertools.product([0, CLAIM], repeat=size):
            scripts.append(Script().chain(7, claims).chain(8, [CLAIM]).dispatch(7, 7))
    for size in (20, 100):
        script = Script().chain(200, lab.random.choices([0, CLAIM, ONCE], k=size))
        scripts.append(script.dispatch(200, 200, 200))
    check(lab, scripts)


def test_counts_what_nobody_claims(lab: Lab) -> None:
    """Given empty chains, chains that say no, numbers too large, and none, then each counts."""
    beyond = [NUMBERS + 1, NUMBERS, NUMBERS + 2, 0xffff, 1 << 16, 1 << 31, NONE - 1]
    scripts = [
        Script().dispatch(0, 5, NUMBERS - 1),
        Script().chain(5, [CLAIM]).dispatch(NONE, 5, NONE, 4, 6, NONE),
        Script().chain(5, [0]).chain(6, [0, 0, 0]).chain(7, [ONCE]).dispatch(5, 6, 7, 7, 7),
        *(Script().chain(NUMBERS - 1, [CLAIM]).chain(0, [CLAIM]).dispatch(number, 0)
          for number in beyond),
    ]
    script = Script()
    for place in range(10):
        script.chain(place, lab.random.choices([0, 0, CLAIM, ONCE], k=lab.random.randrange(4)))
    scripts.append(script.dispatch(*lab.random.choices([*range(12), NONE, NUMBERS], k=120)))
    check(lab, scripts)


def test_lets_a_handler_detach_itself(lab: Lab) -> None:
    """Given handlers that leave and use their entry otherwise, then the others are called."""
    once = CLAIM | DETACH | REUSE
    scripts = [Script().chain(9, [once]).dispatch(9, 9), Script().chain(9, [DETACH]).dispatch(9, 9)]
    for size, place in ((2, 0), (2, 1), (3, 0), (3, 1), (3, 2), (50, 0), (50, 25), (50, 49)):
        for leaving in (DETACH, CLAIM | DETACH, DETACH | REUSE, once):
            chain = lab.random.choices([0, CLAIM], k=size)
            chain[place] = leaving
            scripts.append(Script().chain(9, chain).dispatch(9, 9))
    scripts.append(Script().chain(9, [once] * 30).dispatch(9, 9).chain(9, [CLAIM]).dispatch(9))
    scripts.append(Script().chain(9, lab.random.choices([0, CLAIM, DETACH, once], k=60))
                   .dispatch(9, 9))
    check(lab, scripts)
