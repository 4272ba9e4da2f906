"""Breakpoints, watchpoints and single steps, by the monitor's commands.

What the kernel says is judged by its own ELF file, its disassembly, and what was written.
"""

from __future__ import annotations

import re

import pytest
from cairn.lab import Lab
from labs.lab01_boot.teaching import differs

from .debugger_model import Code, bytes_of, session, symbol_of

pytestmark = pytest.mark.negative

# How many breakpoints there can be. x86-64 has four registers for all kinds.
BREAKPOINTS = {"x86_64": 4, "aarch64": 4, "riscv64": 16}
SEES_READS = ("x86_64", "aarch64")
# A variable of the probes, which nobody uses while the monitor runs.
VARIABLE = "many_numbers"


def test_whole_stops_at_a_breakpoint(lab: Lab) -> None:
    """Given a breakpoint at a function, then each call stops there, is counted, and goes on."""
    place, _ = symbol_of(lab.session.elf, "clock_real_seconds")
    times = lab.random.randrange(2, 5)
    lines = ["break clock_real_seconds", *["date", "continue"] * times, "breaks", "delete 1",
             "date", "breaks"]
    answers = session(lab, lines)
    for turn in range(times):
        stop, on = answers[1 + 2 * turn:3 + 2 * turn]
        stop.expect("where it stops", place, stop.stopped)
        stop.expect("what is hit", ("breakpoint", 1, turn + 1), stop.hit)
        stop.expect_text(f"{place & 0xffff:04x}")
        on.expect_text(r"^20\d\d-\d\d-\d\d .* UTC")
    counts, deleted, free, none = answers[-4:]
    counts.expect_text(rf"^  1 +hits {times} +break +0x{place:016x}  clock_real_seconds\+0x0")
    deleted.expect("what it says", "delete 1", deleted.text)
    free.expect("where it stops", None, free.stopped)
    free.expect_text(r"^20\d\d-\d\d-\d\d .* UTC")
    none.expect_text("there are none")


def test_whole_shows_stopped_code(lab: Lab) -> None:
    """Given stopped code, then its registers and its callers are shown, and nothing after it."""
    place, _ = symbol_of(lab.session.elf, "clock_real_seconds")
    lines = ["registers", "step", "continue", "break clock_real_seconds", "date", "registers",
             "backtrace", "peek clock_real_seconds 4", "continue", "registers"]
    answers = session(lab, lines)
    for answer in (*answers[:3], answers[9]):
        answer.expect_text("nothing is stopped")
    answers[5].expect_text(rf"(pc|rip) +{place:016x}")
    answers[6].expect_text(
        rf"#0  0x{place:016x}  clock_real_seconds\+0x0.*\n  #1 .*  date_run\+.*\n"
        r"(  #.*\n)*  #\d+ .*  kernel_main\+")
    # What is in memory is the kernel's own code, whatever stops it there.
    code = bytes_of(lab.session.elf, place, 4)
    answers[7].expect_text(" ".join(f"{byte:02x}" for byte in code))
    answers[8].expect_text(r"^20\d\d-\d\d-\d\d .* UTC")


@pytest.mark.parametrize("function, command", [
    ("date_run", "date"), ("words_split", "peek memory_copy_guarded 24 1"),
    ("memory_copy_guarded", "peek memory_copy_guarded 4 4")])
def test_whole_steps_by_instructions(lab: Lab, function: str, command: str) -> None:
    """Given stopped code, then each step executes one instruction, and a count of steps as many."""
    count = 100
    one = session(lab, [f"break {function}", command, "delete 1", *["step"] * count, "continue"])
    code = Code.of(lab.arch, lab.session.elf)
    places = []
    for answer in (one[1], *one[3:-1]):
        if answer.stopped is None:
            answer.expect_text("^stopped at")
        places.append(answer.stopped or 0)
    for i, (before, then) in enumerate(zip(places, places[1:]), 1):
        if not code.is_next(before, then):
            differs(f"step {i} from {before:#x} ({' '.join(code.text[before])})",
                    "the next instruction", f"{then:#x}")
    if len(set(places)) < count // 4:
        differs(f"step {count} times", "many places", str(len(set(places))))
    one[-1].expect("where it stops", None, one[-1].stopped)
    far = lab.random.randrange(2, count)
    many = session(lab, [f"break {function}", command, "delete 1", f"step {far}",
                         f"step {count - far}"])
    many[3].expect(f"where it stops after {far} steps", places[far], many[3].stopped)
    many[4].expect(f"where it stops after {count} steps", places[count], many[4].stopped)


def test_whole_stops_in_a_handler(lab: Lab) -> None:
    """Given a breakpoint in what an interrupt calls, then it stops there; steps end with it."""
    place, _ = symbol_of(lab.session.elf, "timer_interrupt")
    answers = session(lab, ["break timer_interrupt", "sleep 2", "backtrace", "step 1000000",
                            "step", "delete 1", "sleep 1", "continue", "sleep 1"])
    answers[1].expect("where it stops", place, answers[1].stopped)
    answers[2].expect_text(r"trap_interrupt\+")
    answers[3].expect_text(r"^stopped at 0x[0-9a-f]{16}  trap_interrupt\+")
    answers[4].expect_text("the way to this debugger")
    answers[6].expect_text("the kernel is stopped")  # where no other timer could ring
    for answer in answers[7:]:
        answer.expect_text(r"^slept \d+ ns")


def test_whole_stops_within_the_console(lab: Lab) -> None:
    """Given code that holds the console, then it can be stopped all the same."""
    place, _ = symbol_of(lab.session.elf, "spinlock_release")
    answers = session(lab, ["break spinlock_release", "step 7", "delete 1", "continue", "date"])
    answers[0].expect("where it stops", place, answers[0].stopped)
    answers[4].expect_text(r"^20\d\d-\d\d-\d\d .* UTC")


def test_whole_sees_what_is_written(lab: Lab) -> None:
    """Given a watchpoint, when its memory is written, then it stops, with the values; else not."""
    base, size = symbol_of(lab.session.elf, VARIABLE)
    place = base + 8 * lab.random.randrange(2, size // 8 - 2)
    first, second = (lab.random.getrandbits(64) | 1 for _ in range(2))
    lines = [f"poke {place:#x} {first:#x} 8", f"watch {place:#x} 8",
             f"poke {place:#x} {second:#x} 8", "continue",
             f"poke {place - 1:#x} 1", f"poke {place + 8:#x} 1 8", f"peek {place:#x} 1 8",
             f"poke {place + 7:#x} {~second >> 56 & 0xff:#x}", "continue", "breaks", "delete 1",
             f"poke {place:#x} 1 8"]
    answers = session(lab, lines)
    stop = answers[2]
    stop.expect("what is hit", ("watchpoint", 1, 1), stop.hit)
    stop.expect("what it saw", (8, place, first, second), stop.watched)
    changed = second & (1 << 56) - 1 | (~second & 0xff << 56)
    answers[7].expect("what is hit", ("watchpoint", 1, 2), answers[7].hit)
    answers[7].expect("what it saw", (8, place, second, changed), answers[7].watched)
    for answer in (*answers[3:7], answers[8], answers[11]):
        answer.expect("where it stops", None, answer.stopped)
    answers[9].expect_text(rf"^  1 +hits 2 +watch 8 w +0x{place:016x}")


@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_whole_watches_any_size(lab: Lab, size: int) -> None:
    """Given watched memory of any size, then accesses to each of its bytes stop, and next to it
    none."""
    base, _ = symbol_of(lab.session.elf, VARIABLE)
    place = base + 32 + size * lab.random.randrange(8 // size)
    last = place + size - 1
    sees_reads = lab.arch in SEES_READS
    lines = [f"watch {place:#x} {size} {'rw' if sees_reads else 'w'}",
             f"poke {place - 1:#x} 1", f"poke {last + 1:#x} 1",
             f"peek {place - 1:#x} 1", f"peek {last + 1:#x} 1",
             f"poke {place:#x} 1", "continue", f"poke {last:#x} 2", "continue",
             f"peek {last:#x} 1", "continue"]
    answers = session(lab, lines)
    for index, answer in enumerate(answers):
        if index in (5, 7, 9) and (sees_reads or index != 9):
            answer.expect("what is hit", ("watchpoint", 1, index // 2 - 1), answer.hit)
            answer.expect("whose memory", (size, place), (answer.watched or (0, 0))[:2])
        else:
            answer.expect("where it stops", None, answer.stopped)
    if not sees_reads:
        for kind in ("r", "rw"):
            session(lab, [f"watch {place:#x} {size} {kind}"])[0].expect_text(
                "this processor can't watch reads; try w\nwatch: not supported")
        return
    only_reads = session(lab, [f"watch {place:#x} {size} r", f"poke {place:#x} 1",
                               f"peek {place:#x} 1", "continue"])
    if lab.arch == "x86_64":
        only_reads[0].expect_text("can't watch reads alone; try rw")
    else:
        only_reads[1].expect("where it stops", None, only_reads[1].stopped)
        only_reads[2].expect("what is hit", ("watchpoint", 1, 1), only_reads[2].hit)


def test_whole_watches_while_interrupts_come(lab: Lab) -> None:
    """Given watched memory, when interrupts come or a copy faults, then the code between is as
    ever, and the next write is seen."""
    base, _ = symbol_of(lab.session.elf, VARIABLE)
    # Timers ring while the clock is read, which their handler does too.
    lines = [f"watch {base:#x} 8", "sleep 3", "run timer.ring 0 0 300000 700000",
             f"poke {base:#x} 1 8", "continue", "peek 0x1000", f"poke {base:#x} 2 8", "delete 1",
             "continue", f"poke {base:#x} 3 8"]
    answers = session(lab, lines)
    slept = re.search(r"^slept (\d+) ns", answers[1].text, re.MULTILINE)
    if not slept or int(slept[1]) < 3_000_000:
        differs("type `sleep 3`", "slept 3000000 ns or more", answers[1].text)
    answers[2].expect_text("status 0, success")
    answers[2].expect_text("turns 0x1,0x2")
    answers[5].expect_text("bad address")
    for index, hits in ((3, 1), (6, 2)):
        answers[index].expect("what is hit", ("watchpoint", 1, hits), answers[index].hit)
    for index in (1, 2, 4, 5, 8, 9):
        answers[index].expect("where it stops", None, answers[index].stopped)


def test_whole_refuses_one_too_many(lab: Lab) -> None:
    """Given as many breakpoints as there can be, then one more is refused, until one is deleted."""
    most = BREAKPOINTS[lab.arch]
    code = Code.of(lab.arch, lab.session.elf)
    places: list[int] = []
    at, _ = symbol_of(lab.session.elf, "date_run")
    while len(places) <= most:
        places.append(at)
        at = code.after(at)
    lines = [f"break {place:#x}" for place in places]
    answers = session(lab, [*lines, "breaks", "delete 2", lines[-1], "breaks", "date",
                            *["continue"] * (most + 1), "date", "break trap_hook"])
    answers[most].expect_text("this processor can't have one more; `delete` one first\n"
                              "break: no space left")
    listed = [int(found, 16) for found in re.findall(r"break +0x(\w+)", answers[most + 1].text)]
    answers[most + 1].expect("places", places[:-1], listed)
    again = [int(found, 16) for found in re.findall(r"break +0x(\w+)", answers[most + 4].text)]
    answers[most + 4].expect("places", [places[0], places[-1], *places[2:-1]], again)
    answers[most + 5].expect("where it stops", places[0], answers[most + 5].stopped)
    answers[most + 6].expect("where it stops next", places[2], answers[most + 6].stopped)


def test_whole_refuses_bad_places(lab: Lab) -> None:
    """Given what can't be stopped at, or no address, then an error says so."""
    base, _ = symbol_of(lab.session.elf, VARIABLE)
    wide = symbol_of(lab.session.elf, "memory_copy_guarded" if lab.arch == "aarch64"
                     else "date_run")[0]
    refused = {
        "break": "usage: break", "break 1 2": "usage: break", "break nothing": "not found",
        "break 0": "is in no function", f"break {base:#x}": "is in no function",
        "break 0xffffffffffffffff": "is in no function", "break trap_hook": "on the way to this",
        "break trap_handle+4": "on the way to this", "break debug_arm": "on the way to this",
        "watch": "usage: watch", f"watch {base:#x} 3": "usage: watch",
        f"watch {base:#x} 8 x": "usage: watch", f"watch {base:#x} rw 8": "usage: watch",
        f"watch {base:#x} 0": "usage: watch", f"watch {base:#x} 16": "usage: watch",
        f"watch {base + 1:#x} 2": "is not a multiple of 2", "watch 0x1000": "bad address",
        "watch 0x8000000000000000": "bad address", "watch nothing": "not found",
        "delete": "usage: delete", "delete x": "usage: delete", "delete 0": "not found",
        "delete 1": "not found", "delete 17": "not found",
        "delete 0xffffffffffffffff": "not found", "breaks 1": "usage: breaks",
        "step 0": "usage: step", "step x": "usage: step", "continue 1": "usage: continue",
        "registers 1": "usage: registers", "breaks": "there are none",
    }
    if lab.arch != "x86_64":
        refused |= {f"break {wide + 1:#x}": "no instruction begins"}
    if lab.arch == "x86_64":
        stack, _ = symbol_of(lab.session.elf, "boot_stack_top")
        refused |= {f"watch {stack - 8:#x}": "traps write to that stack too"}
    for answer, reason in zip(session(lab, list(refused)), refused.values(), strict=True):
        answer.expect_text(re.escape(reason))
        if not reason.startswith(("there", "usage")):
            answer.expect_text(rf"^{answer.line.split()[0]}: ")
    twice = session(lab, ["break date_run", "break date_run", "breaks"])
    twice[1].expect_text("that is number 1\nbreak: already exists")
