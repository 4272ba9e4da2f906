"""The clock and the timers of the running kernel, with all the lab's exercises together."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from cairn.lab import Lab
from cairn.requests import request
from labs.lab01_boot.errors import NO_SPACE, OK, name
from labs.lab01_boot.facts import number, signed
from labs.lab01_boot.teaching import differs

from .time_model import GRANULARITY, judge_rings, judge_sleeps, lateness, ring_request

MICROSECOND, MILLISECOND, SECOND = 10**3, 10**6, 10**9
# What -rtc base says (grade/cairn/lanes.py).
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
# A callback can be held up by those before it: of 200 within 20 ms, by some of them.
HELD_UP = 20 * MICROSECOND


def test_whole_clock_never_runs_backwards(lab: Lab) -> None:
    """Given many readings, then none is less than that before, and an instruction takes a
    nanosecond."""
    count = 20_000
    run = lab.run([request("clock.readings", count) for _ in range(3)])
    before = 0
    for reply in run.replies:
        first, last, backwards, instructions = (
            number(reply, key) for key in ("first", "last", "backwards", "instructions"))
        asked = f"read the clock {count} times"
        if backwards or first < before:
            differs(asked, "no reading less than the one before", f"{backwards or 1} were")
        if not 0 < last - first <= instructions + GRANULARITY[lab.arch]:
            differs(asked, f"some {instructions} ns passed, a nanosecond for an instruction",
                    f"{last - first} ns passed")
        if last - first < instructions * 99 // 100 - 100:
            differs(asked, f"some {instructions} ns passed, a nanosecond for an instruction",
                    f"only {last - first} ns passed")
        before = last


def test_whole_rings_in_order_and_in_time(lab: Lab) -> None:
    """Given 200 timers of which some are cancelled, then the others ring in order, when they
    should."""
    many = [lab.random.randrange(MILLISECOND, 20 * MILLISECOND) for _ in range(200)]
    # Far enough from each other that none holds up the next one.
    apart = [MILLISECOND + 50 * MICROSECOND * i for i in range(50)]
    lab.random.shuffle(apart)
    far = [SECOND, 2 * SECOND, 2 * SECOND + MILLISECOND, 7 * SECOND]
    run = lab.run([ring_request(apart, asleep=True), ring_request(apart, asleep=True, cancel=3),
                   ring_request(far, asleep=True), ring_request(many, asleep=True),
                   ring_request(many, asleep=True, cancel=4)])
    late = lateness(lab)
    for reply, (asked, cancel, most) in zip(run.replies, (
            ("set 50 timers and sleep", 0, late),
            ("set 50 timers, cancel every third and sleep", 3, late),
            ("set timers that ring seconds later", 0, late),
            ("set 200 timers and sleep", 0, late + HELD_UP),
            ("set 200 timers, cancel every fourth and sleep", 4, late + HELD_UP))):
        judge_rings(asked, reply, cancel, most)


def test_whole_grows_with_the_timers(lab: Lab) -> None:
    """Given thousands of timers, then all ring in order; without memory, some are refused."""
    spread = 20 * MILLISECOND
    # Room doubles from 256 on when half of it is taken: one allocation each time.
    for count, allocations, most in ((4096, 0, 4096), (100, 1, 100), (1000, 1, 256),
                                     (3000, 3, 1024)):
        run = lab.run([request("timer.many", count, spread, allocations, budget_ms=300)])
        reply = run.replies[0]
        came = {key: number(reply, key) for key in ("set", "rung", "early", "disordered", "left")}
        asked = f"set {count} timers" + (f", without memory from allocation {allocations} on"
                                         if allocations else "")
        wanted = {"set": most, "rung": most, "early": 0, "disordered": 0, "left": 0}
        if came != wanted:
            differs(asked, str(wanted), str(came))
        error = signed(number(reply, "error") % (1 << 64))
        if error != (OK if most == count else NO_SPACE):
            differs(asked, name(OK if most == count else NO_SPACE), name(error))


def test_whole_interrupts_a_busy_processor(lab: Lab) -> None:
    """Given a processor that does not sleep, then timers interrupt what it does."""
    delays = [(1000 + 100 * i + lab.random.randrange(10)) * MICROSECOND for i in range(30)]
    run = lab.run([ring_request(delays, asleep=False),
                   ring_request(delays, asleep=False, cancel=2)])
    late = lateness(lab)
    judge_rings("set 30 timers and stay awake", run.replies[0], 0, late)
    judge_rings("set 30 timers, cancel every second and stay awake", run.replies[1], 2, late)


def test_whole_sleeps_as_long_as_asked(lab: Lab) -> None:
    """Given sleeps from none to seconds, then each ends at its time."""
    short = [0, 1, 15, 16, 17, 99, 100, 101, MICROSECOND, 10 * MICROSECOND]
    chance = [lab.random.randrange(10 * MILLISECOND) for _ in range(30)]
    requests = [request("timer.sleep", *delays, budget_ms=200) for delays in (short, chance)]
    long = [SECOND, 5 * SECOND]
    run = lab.run([*requests, request("timer.sleep", *long, budget_ms=10_000)])
    for delays, reply in zip((short, chance, long), run.replies):
        judge_sleeps(lab, delays, reply)


def test_whole_reads_the_machine_s_date(lab: Lab) -> None:
    """Given a machine that starts at New Year, then the kernel knows it."""
    run = lab.run([request("clock.real"), request("timer.sleep", 3 * SECOND, budget_ms=5000),
                   request("clock.real")])
    judge_sleeps(lab, [3 * SECOND], run.replies[1])
    for reply, passed in ((run.replies[0], 0), (run.replies[2], 3)):
        date = datetime.fromtimestamp(number(reply, "seconds"), timezone.utc)
        if not timedelta(seconds=passed) <= date - START <= timedelta(seconds=passed + 2):
            differs(f"read the date, {passed} s after start-up",
                    f"{START + timedelta(seconds=passed)}", str(date))
