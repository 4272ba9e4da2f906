"""A kernel that does its worst earns a failed test with a clear message, in bounded time."""

from __future__ import annotations

import time

import pytest

from cairn.explain import GuestFailure
from cairn.lab import Lab, Run
from cairn.requests import Request, request

# Host time that no single failure may take here, on the reference host.
BOUND_SECONDS = 20.0


def failure(lab: Lab, *requests: Request, **how: object) -> str:
    """The message that the guest's failure earns."""
    began = time.monotonic()
    with pytest.raises(GuestFailure) as caught:
        lab.run(list(requests), **how)  # type: ignore[arg-type]
    taken = time.monotonic() - began
    assert taken < BOUND_SECONDS * lab.session.host_factor, f"it took {taken:.1f} s"
    message = str(caught.value)
    assert message.isascii() or "…" in message, "a guest's bytes must not reach the terminal"
    assert "Repeat it: make grade-selftest" in message
    return message


def in_request(message: str, probe: str) -> bool:
    """Whether the message says what was asked."""
    return f"in request 0: {probe}" in message


def test_given_a_sound_probe_then_it_answers(lab: Lab) -> None:
    run = lab.run([request("hostile.spin", 1000), request("hostile.spin", 2000)])
    assert [reply.status for reply in run.replies] == [0, 0]
    assert 1000 < run.replies[0].instructions < run.replies[1].instructions
    assert "Cairn on " + lab.arch in run.console


def test_given_a_bad_request_then_its_status_says_so(lab: Lab) -> None:
    run = lab.run([request("no.such.probe"), request("hostile.spin"), request("hostile.spin", 1)])
    assert [reply.status for reply in run.replies] == [-3, -17, 0]


@pytest.mark.parametrize("probe", ["hostile.hang", "hostile.sleep"])
def test_given_a_hang_then_the_budget_ends_it(lab: Lab, probe: str) -> None:
    message = failure(lab, request(probe, budget_ms=20))
    assert in_request(message, probe)
    assert "it used up 20 ms (20 million instructions)" in message
    found = "hostile_hang" if probe == "hostile.hang" else "halt"
    assert found in message, "the message names the function that hangs"


def test_given_nearly_the_whole_budget_then_it_is_granted(lab: Lab) -> None:
    spent = lab.run([request("hostile.spin", 1_000_000)]).replies[0].instructions
    budget = spent // 1_000_000 + 1
    lab.run([request("hostile.spin", 1_000_000, budget_ms=budget)])
    failure(lab, request("hostile.spin", 2_000_000, budget_ms=budget - 2))


@pytest.mark.parametrize("how", ["hang", "sleep"])
def test_given_a_hang_before_the_port_is_up_then_the_backstop_ends_it(lab: Lab, how: str) -> None:
    message = failure(lab, request("hostile.spin", 1), command_line=f"hostile={how}")
    assert "before the kernel greeted the grader" in message
    assert "0 of 1 requests were answered" in message


def test_given_a_reboot_loop_then_the_first_reset_ends_it(lab: Lab) -> None:
    message = failure(lab, request("hostile.spin", 1), command_line="hostile=reboot")
    assert "The machine was reset" in message
    assert "before the kernel greeted the grader" in message


def test_given_a_reboot_in_a_request_then_it_is_named(lab: Lab) -> None:
    message = failure(lab, request("hostile.reboot"))
    assert "The machine was reset" in message
    assert in_request(message, "hostile.reboot")


def test_given_a_flood_on_the_console_then_it_is_cut_off(lab: Lab) -> None:
    message = failure(lab, request("hostile.console_flood", budget_ms=2000))
    assert "flooded its output" in message or "used up" in message
    assert in_request(message, "hostile.console_flood")
    assert len(message) < 10_000


def test_given_a_flood_on_the_protocol_port_then_it_is_cut_off(lab: Lab) -> None:
    message = failure(lab, request("hostile.line_flood", budget_ms=2000))
    assert "a line without end" in message or "used up" in message or "flooded" in message
    assert len(message) < 10_000


def test_given_a_flood_of_facts_then_it_is_cut_off(lab: Lab) -> None:
    message = failure(lab, request("hostile.fact_flood", budget_ms=2000))
    assert in_request(message, "hostile.fact_flood")
    assert len(message) < 10_000


def test_given_garbage_on_the_console_then_the_run_goes_on(lab: Lab) -> None:
    run = lab.run([request("hostile.console_garbage"), request("hostile.spin", 1)])
    assert [reply.status for reply in run.replies] == [0, 0]
    assert len(run.console_bytes) > 4096
    assert isinstance(run.console, str)


def test_given_garbage_on_the_protocol_port_then_it_fails(lab: Lab) -> None:
    message = failure(lab, request("hostile.line_garbage"))
    assert "The grader's port carried" in message
    assert message.isprintable() or all(c.isprintable() or c == "\n" for c in message)


@pytest.mark.parametrize("status", [0, 5])
def test_given_an_early_exit_then_it_is_named(lab: Lab, status: int) -> None:
    asked = [request("hostile.power_off", status), request("hostile.spin", 1)]
    message = failure(lab, *asked)
    assert "was switched off" in message
    assert in_request(message, "hostile.power_off")
    assert "0 of 2 requests were answered" in message


def test_given_a_panic_then_its_reason_and_place_are_told(lab: Lab) -> None:
    message = failure(lab, request("hostile.panic"))
    assert "The kernel panicked" in message
    assert "this kernel gives up" in message
    assert "hostile.c:" in message


def test_given_an_expected_panic_then_it_is_given_to_the_test(lab: Lab) -> None:
    run: Run = lab.run([request("hostile.panic")], expect_panic=True)
    assert run.panic is not None
    assert run.panic.reason == "this kernel gives up"
    assert "this kernel gives up" in run.console


def test_given_a_wild_jump_then_it_is_a_panic(lab: Lab) -> None:
    message = failure(lab, request("hostile.wild_jump"))
    assert "The kernel panicked" in message


def test_given_a_crash_without_vectors_then_it_ends(lab: Lab) -> None:
    message = failure(lab, request("hostile.crash", budget_ms=20))
    assert in_request(message, "hostile.crash")
    # A fault at the first instruction of the handler, for ever: no instruction is ever done, so
    # guest time stands still, and the back-stop ends it.
    ends = ("The machine was reset", "used up 20 ms", "Its clock may stand still")
    assert any(end in message for end in ends)


FORGERIES = {
    # What the record carries: number, change of nonce, change of checksum, the rest.
    "a wrong checksum": (2, 0, 1, "fact,0,value,0x1"),
    "another boot's nonce": (2, 1, 0, "fact,0,value,0x1"),
    "out of order": (0, 0, 0, f"hello,1,{'x' * 6},watchdog"),
    "makes no sense": (2, 0, 0, "fact,9,value,0x1"),
}


@pytest.mark.parametrize("complaint", FORGERIES)
def test_given_a_forged_record_then_it_never_counts(lab: Lab, complaint: str) -> None:
    message = failure(lab, request("hostile.forge", *FORGERIES[complaint]))
    assert "The grader's port carried" in message
    assert complaint in message


def test_given_a_forgery_signed_with_the_key_then_the_real_record_betrays_it(lab: Lab) -> None:
    message = failure(lab, request("hostile.forge", 2, 0, 0, "end,0,0,1"))
    assert "out of order" in message


def test_given_an_early_goodbye_then_what_follows_betrays_it(lab: Lab) -> None:
    message = failure(lab, request("hostile.forge", 2, 0, 0, "bye"), request("hostile.spin", 1))
    assert "The grader's port carried" in message
