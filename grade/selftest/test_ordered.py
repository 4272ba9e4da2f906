"""The ordered lane: ports that are talked to while the kernel runs."""

from __future__ import annotations

import time

import pytest

from cairn.explain import GuestFailure
from cairn.lab import Lab
from cairn.machine import End
from cairn.requests import request


def test_requests_are_answered_one_by_one(lab: Lab) -> None:
    with lab.talk() as talk:
        first = talk.ask(request("hostile.spin", 1000))
        time.sleep(0.2)  # The guest waits as long as the grader likes.
        second = talk.ask(request("no.such.probe"))
        third = talk.ask(request("hostile.spin", 1000))
    assert [first.status, second.status, third.status] == [0, -3, 0]
    assert first.instructions == third.instructions


def test_a_hang_in_a_talk_is_a_failure_with_a_place(lab: Lab) -> None:
    with pytest.raises(GuestFailure, match="in request 1: hostile.hang"):
        with lab.talk(budget_ms=20) as talk:
            talk.ask(request("hostile.spin", 1))
            talk.ask(request("hostile.hang"))


def test_an_early_end_of_a_talk_is_a_failure(lab: Lab) -> None:
    with pytest.raises(GuestFailure, match="was switched off in request 0"):
        with lab.talk() as talk:
            talk.ask(request("hostile.power_off", 0))


def test_a_forgery_in_a_talk_is_a_failure(lab: Lab) -> None:
    with pytest.raises(GuestFailure, match="wrong checksum"):
        with lab.talk() as talk:
            talk.ask(request("hostile.forge", 2, 0, 1, "fact,0,value,0x1"))


def test_a_flood_in_a_talk_is_cut_off(lab: Lab) -> None:
    with pytest.raises(GuestFailure, match="flooded|used up"):
        with lab.talk() as talk:
            talk.ask(request("hostile.console_flood", budget_ms=2000))


def test_a_mistake_of_the_test_is_not_blamed_on_the_guest(lab: Lab) -> None:
    with pytest.raises(ZeroDivisionError):
        with lab.talk() as talk:
            talk.ask(request("hostile.spin", 1 // 0))


def test_keys_are_typed_at_the_prompt(lab: Lab) -> None:
    run = lab.run([request("hostile.spin", 1)], keys=["help\r", "uptime\r"])
    assert run.end is End.STOPPED
    assert run.replies[0].status == 0
    assert "cairn> help" in run.console
    assert run.console.rstrip(" ").endswith("cairn>")


def test_keys_may_switch_the_machine_off(lab: Lab) -> None:
    run = lab.run(keys=["poweroff\r"])
    assert run.end is End.OFF


def test_several_processors_run_in_the_ordered_lane(lab: Lab) -> None:
    with lab.talk(processors=4) as talk:
        reply = talk.ask(request("hostile.spin", 1000))
    assert reply.status == 0
