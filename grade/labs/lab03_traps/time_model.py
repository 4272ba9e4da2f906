"""What the running kernel's clock and timers are judged by: the machine runs in virtual time."""

from __future__ import annotations

from collections.abc import Sequence

from cairn.lab import Lab
from cairn.protocol import Reply
from cairn.requests import Request, request
from labs.lab01_boot.errors import OK, name
from labs.lab01_boot.facts import numbers, signed
from labs.lab01_boot.teaching import differs

# Nanoseconds between two ticks: the generic timer has 62.5 MHz, the RISC-V machine 10 MHz, and a
# PC's counter and timer have 1 GHz here.
GRANULARITY = {"x86_64": 1, "aarch64": 16, "riscv64": 100}
# How late a callback may be, in nanoseconds, which are instructions here: beside a tick, what the
# interrupt and the setting of the next timer take. The reference needs a fifth of it; a solution
# that finds a deadline's tick by bisection needs half.
LATE = {"x86_64": 4_000, "aarch64": 4_000, "riscv64": 5_000}


def ring_request(delays: Sequence[int], *, asleep: bool, cancel: int = 0) -> Request:
    """Sets a timer for each delay, cancels every `cancel`-th, and waits."""
    how = "asleep" if asleep else "busy"
    budget_ms = 50 + 2 * max(delays) // 10**6
    return request("timer.ring", int(asleep), cancel, *delays, budget_ms=budget_ms).titled(
        f"set {len(delays)} timers and wait, {how}")


def lateness(lab: Lab) -> int:
    """How late a callback may be, in nanoseconds, when no other one holds it up."""
    return LATE[lab.arch] * lab.session.budget_scale + GRANULARITY[lab.arch]


def judge_rings(asked: str, reply: Reply, cancel: int, late: int) -> None:
    """Those that were not cancelled rang in order, never early, and not later than `late` ns."""
    deadlines, rung, turns = (numbers(reply, key) for key in ("deadlines", "rung", "turns"))
    judge_results(asked, numbers(reply, "results"))
    cancelled = {timer for timer in range(len(deadlines)) if cancel and timer % cancel == 0}
    kept = [timer for timer in range(len(deadlines)) if timer not in cancelled]
    for timer in cancelled:
        if turns[timer]:
            differs(asked, f"timer {timer}, which was cancelled, silent", "it was called")
    for timer in kept:
        if not turns[timer]:
            differs(asked, f"timer {timer} called", "it was not")
        passed = rung[timer] - deadlines[timer]
        if not 0 <= passed <= late:
            differs(asked, f"timer {timer} called at {deadlines[timer]} ns or soon after",
                    f"{passed} ns later", f"{late} ns after the deadline are enough")
    order = sorted(kept, key=lambda timer: (deadlines[timer], timer))
    came = sorted(kept, key=lambda timer: turns[timer])
    if came != order:
        differs(asked, f"called in the order {order}", str(came))


def judge_results(asked: str, results: Sequence[int]) -> None:
    """Everything that was asked for went well."""
    for index, result in enumerate(results):
        if signed(result) != OK:
            differs(asked, f"OK for number {index}", name(signed(result)))


def judge_sleeps(lab: Lab, delays: Sequence[int], reply: Reply) -> None:
    """Each sleep ended at its deadline, within what the hardware allows."""
    asked = f"sleep {', '.join(map(str, delays))} ns"
    judge_results(asked, numbers(reply, "results"))
    late = lateness(lab)
    deadlines = numbers(reply, "deadlines")
    for delay, deadline, woken in zip(delays, deadlines, numbers(reply, "woken")):
        if not 0 <= woken - deadline <= late:
            differs(f"sleep {delay} ns, until {deadline}", f"awake then, or up to {late} ns later",
                    f"{woken - deadline} ns later")
