"""Traps and interrupts of the running machine, from the wire to the handler and back.

These tests carry no points: they need most exercises of the lab at once. They are marked as
negative so that they hold back nobody's points.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from cairn.lab import Lab
from cairn.requests import Request, request
from elftools.elf.elffile import ELFFile
from labs.lab01_boot.errors import CODES, NOT_FOUND, OK
from labs.lab01_boot.facts import number, numbers
from labs.lab01_boot.teaching import differs

from .debugger_model import bytes_of, symbol_of
from .lines_chips import FALLING, HIGH, LOW, RISING
from .mix_model import mixed
from .traps_model import (CLAIM, DEEP, DETACH, FAULT, MACHINES, MEMORY, OVERFLOW, WAIT_NS,
                          Steps, check)

pytestmark = pytest.mark.negative

BUSY = CODES["ERROR_BUSY"]
FAULTED = CODES["ERROR_FAULT"]
INVALID_ARGUMENT = CODES["ERROR_INVALID_ARGUMENT"]
NOT_SUPPORTED = CODES["ERROR_NOT_SUPPORTED"]
OUT_OF_RANGE = CODES["ERROR_OUT_OF_RANGE"]


def test_whole_recovers_from_a_guarded_access(lab: Lab) -> None:
    """Given addresses at which nothing is, then each copy says so, and each fault is counted."""
    steps = Steps().do("traps", MEMORY, expected=None)
    for address in MACHINES[lab.arch].guards:
        steps.expect("guarded", address, value=FAULTED, why="for memory that isn't there")
    steps.do("traps", MEMORY, expected=None)
    check(lab, "read where nothing is", steps)
    came = steps.steps[-1].result - steps.steps[0].result
    if came != len(MACHINES[lab.arch].guards):
        differs("count memory traps", f"{len(MACHINES[lab.arch].guards)} of them", str(came))


def test_whole_resumes_at_a_fix_up(lab: Lab) -> None:
    """Given an instruction that only the table of fix-ups knows, then it goes on where told."""
    there, _ = symbol_of(lab.session.elf, "kernel_main")
    there &= ~7
    word = int.from_bytes(bytes_of(lab.session.elf, there, 8), "little")
    places = [there, *MACHINES[lab.arch].guards, there]
    lab.random.shuffle(places)
    run = lab.run([request("traps.steps", "traps", MEMORY), request("traps.fixup", *places),
                   request("traps.steps", "traps", MEMORY)])
    asked = f"read at {', '.join(map(hex, places))} by an instruction with a fix-up of its own"
    resumed = numbers(run.replies[1], "resumed")
    wanted = [int(place != there) for place in places]
    if resumed != wanted:
        differs(asked, f"{wanted}, 1 for each that faults and resumes", str(resumed))
    values = numbers(run.replies[1], "values")
    if values != [word if place == there else 0 for place in places]:
        differs(asked, f"{word:#x} where there is memory", ", ".join(map(hex, values)))
    before, after = (numbers(run.replies[i], "results")[0] for i in (0, 2))
    if after - before != sum(wanted):
        differs(asked, f"{sum(wanted)} memory traps", str(after - before))


def test_whole_a_line_rings(lab: Lab) -> None:
    """Given a device's line, alone and shared, masked and not, then its handlers are called."""
    source = MACHINES[lab.arch].level
    steps = Steps().attach(0, source).ring(source)
    steps.expect("calls", 0, value=1, why="call of the handler")
    steps.expect("count", 0, value=1, why="interrupt that it claimed")
    steps.ring(source).expect("calls", 0, value=2, why="calls of the handler")
    steps.do("mask", 0).ring(source).expect("calls", 0, value=2, why="while the line is masked")
    steps.do("unmask", 0).do("wait", WAIT_NS)
    steps.expect("calls", 0, value=3, why="when the line is let through again")
    steps.attach(1, source, 0).ring(source)
    steps.expect("calls", 0, value=4, why="on a shared line all are asked")
    steps.expect("calls", 1, value=1, why="on a shared line all are asked")
    steps.expect("count", 1, value=0, why="for a handler that said no")
    steps.do("detach", 0).do("unclaimed", expected=None).ring(source).do("unclaimed", expected=None)
    steps.expect("calls", 0, value=4, why="after it was detached")
    steps.expect("calls", 1, value=2, why="calls of the one that is left")
    steps.do("detach", 1)
    steps.attach(2, source, CLAIM | DETACH).ring(source).ring(source)
    steps.expect("calls", 2, value=1, why="call, since it detached itself")
    steps.pokes([source.quiet])  # nobody has answered the second one
    steps.attach(3, source, CLAIM | FAULT).do("processor", 3, 0).ring(source)
    steps.expect("calls", 3, value=1, why="on the processor it was sent to, or since it was masked")
    steps.expect("fault", 3, value=FAULTED, why="for a fault within a handler")
    for variant in MACHINES[lab.arch].variants:
        check(lab, "use a line", steps, variant.devices)
        unclaimed = [step.result for step in steps.steps if step.words == ("unclaimed",)]
        if unclaimed[1] != unclaimed[0] + 1:
            differs("ring a line whose only handler says no", "one more unclaimed interrupt",
                    str(unclaimed[1] - unclaimed[0]))


def test_whole_a_level_rings_until_it_is_down(lab: Lab) -> None:
    """Given a handler that satisfies its device only after some calls, then it gets them all."""
    source = MACHINES[lab.arch].level
    calls = lab.random.randrange(3, 20)
    steps = Steps().attach(0, source).do("reluctant", 0, calls).ring(source).do("wait", WAIT_NS)
    steps.expect("calls", 0, value=calls, why="until its device was satisfied")
    for variant in MACHINES[lab.arch].variants:
        if variant.levels_stay:
            check(lab, "leave a level up", steps, variant.devices)


def test_whole_an_edge_rings_once(lab: Lab) -> None:
    """Given a wire that stays up, when edges are asked for, then it rings once."""
    source = replace(MACHINES[lab.arch].level, trigger=RISING)
    steps = Steps().attach(0, source).do("reluctant", 0, 100).ring(source)
    steps.do("mask", 0).do("unmask", 0).do("wait", WAIT_NS)
    steps.expect("calls", 0, value=1, why="as the wire went up once")
    steps.pokes([source.quiet]).ring(source)
    steps.expect("calls", 0, value=2, why="as the wire went down and up")
    for variant in MACHINES[lab.arch].variants:
        check(lab, "leave the wire of an edge up", steps, variant.devices)


def test_whole_counts_a_ring_that_is_taken_back(lab: Lab) -> None:
    """Given a line that rings and is masked before it is served, then its handler is called once
    all the same, and what the controller has nothing for is counted as spurious."""
    source = MACHINES[lab.arch].level
    steps = Steps().attach(0, source).do("unclaimed", expected=None).do("spurious", expected=None)
    steps.pokes(source.ring).do("mask", 0).do("wait", WAIT_NS)
    steps.do("unmask", 0).do("wait", WAIT_NS)
    steps.expect("calls", 0, value=1, why="call, when the line is let through again at the latest")
    steps.do("unclaimed", expected=None).do("spurious", expected=None)
    for variant in MACHINES[lab.arch].variants:
        title = " ".join(["mask a line that rings", *variant.devices])
        check(lab, title, steps, variant.devices)
        for count, more in (("unclaimed", 0), ("spurious", variant.spurious)):
            before, after = (step.result for step in steps.steps if step.words == (count,))
            if after != before + more:
                differs(title, f"{more} more {count} interrupts", str(after - before))


def test_whole_a_shared_line_waits_for_all(lab: Lab) -> None:
    """Given a shared line that one of its users masks, then it rings for nobody until then."""
    source = MACHINES[lab.arch].level
    steps = Steps().attach(0, source, 0).do("mask", 0).attach(1, source).ring(source)
    steps.expect("calls", 1, value=0, why="for one who joins a line that is masked")
    steps.do("mask", 1).do("unmask", 0).do("wait", WAIT_NS)
    steps.expect("calls", 0, value=0, why="while the other one masks the line")
    steps.do("unmask", 1).do("wait", WAIT_NS)
    steps.expect("calls", 0, value=1, why="once nobody masks the line")
    steps.expect("calls", 1, value=1, why="once nobody masks the line")
    steps.do("mask", 0).ring(source).expect("calls", 1, value=1, why="while the other one masks it")
    steps.do("detach", 0).do("wait", WAIT_NS)
    steps.expect("calls", 1, value=2, why="when who masked the line has left")
    for variant in MACHINES[lab.arch].variants:
        check(lab, "mask a line that is shared", steps, variant.devices)


def test_whole_a_line_goes_to_a_processor(lab: Lab) -> None:
    """Given two processors, when a line is sent to the other one, then the first isn't called."""
    source = MACHINES[lab.arch].level
    for variant in MACHINES[lab.arch].variants:
        # A hart's IMSIC is its own: nobody can enable a number there before it runs.
        can = "aia=aplic-imsic" not in variant.devices
        steps = Steps().attach(0, source)
        steps.expect("processor", 0, 1, value=OK if can else NOT_SUPPORTED, why="as it is asleep")
        if can and lab.arch != "x86_64":  # whose I/O APIC would wait for an answer for ever
            steps.ring(source).expect("calls", 0, value=0, why="while it rings elsewhere")
        steps.do("processor", 0, 0).ring(source)
        steps.expect("calls", 0, value=1, why="when it rings here again")
        steps.expect("processor", 0, 2, value=OUT_OF_RANGE, why="with two processors")
        check(lab, "send a line to a processor", steps, variant.devices, processors=2)


def test_whole_refuses_lines_that_cannot_be(lab: Lab) -> None:
    """Given a line that is in use, that isn't there, or another processor, then an error."""
    machine = MACHINES[lab.arch]
    steps = Steps().do("attach", 0, machine.level.line, HIGH)
    for trigger in (LOW, RISING, FALLING):
        steps.expect("attach", 1, machine.level.line, trigger, value=BUSY,
                     why="for another trigger than the line has")
    steps.do("attach", 1, machine.level.line, HIGH).do("detach", 1).do("detach", 0)
    steps.do("attach", 0, machine.edge_line, RISING)
    steps.expect("attach", 1, machine.edge_line, RISING, value=BUSY,
                 why="for an edge, which can't be shared")
    steps.expect("processor", 0, 1, value=OUT_OF_RANGE, why="with one processor")
    steps.do("detach", 0)
    for line in machine.no_lines:
        steps.expect("attach", 0, line, HIGH, value=NOT_FOUND, why="for a line that isn't there")
    steps.expect("attach", 0, machine.level.line, 4, value=INVALID_ARGUMENT, why="for no trigger")
    steps.expect("processor", 0, 0, value=NOT_FOUND, why="for one who is not attached")
    steps.do("detach", 0).do("mask", 0).do("attach", 0, machine.level.line, HIGH)
    steps.expect("attach", 0, machine.edge_line, RISING, value=BUSY, why="for one who is attached")
    steps.do("detach", 0)
    for asked, real in machine.aliases:
        attach_by_both_names(steps, asked, real)
    for variant in machine.variants:
        check(lab, "attach", steps, variant.devices)


def attach_by_both_names(steps: Steps, asked: tuple[int, int], real: tuple[int, int]) -> None:
    """Whoever attaches to what a line really is meets the one who asked by its old name."""
    shared = OK if real[1] == HIGH else BUSY
    for first, second in ((asked, real), (real, asked), (asked, asked)):
        steps.do("attach", 0, *first)
        steps.expect("attach", 1, *second, value=shared, why="as both are one line")
        steps.do("detach", 1).do("detach", 0)


def test_whole_leaves_all_registers_as_they_were(lab: Lab) -> None:
    """Given a long computation in all registers, when interrupts come, then its result is right."""
    rounds = 3000
    seeds = [lab.random.randrange(1 << 64) for _ in range(2)]
    run = lab.run([request("traps.mix", seed, rounds, 3000, 2000) for seed in seeds])
    for seed, reply in zip(seeds, run.replies, strict=True):
        if number(reply, "interrupts") < 50 or number(reply, "rings") < 50:
            differs(f"compute for {rounds} rounds while a timer rings", "50 interrupts and more",
                    f"{number(reply, 'interrupts')}, with {number(reply, 'rings')} rings")
        if numbers(reply, "values") != mixed(seed, rounds):
            differs(f"compute for {rounds} rounds with {number(reply, 'interrupts')} interrupts",
                    "the same values as without them", "others",
                    "a register was not restored, or not saved early enough")


def check_overflow(lab: Lab, title: str, asked: Request) -> None:
    """The report says which stack it was, and how that was noticed."""
    run = lab.run([asked.titled(title)], expect_panic=True)
    reason = run.panic.reason if run.panic else "no report"
    if not re.fullmatch(r"stack overflow: the (boot|exception) stack's guard page was hit|"
                        r"stack overflow: the exception stack is used up", reason):
        differs(title, "stack overflow: the boot stack's guard page was hit", reason)


def test_whole_reports_a_stack_overflow(lab: Lab) -> None:
    """Given endless recursion, then the report names the guard page that was hit."""
    check_overflow(lab, "use up the stack", request("traps.overflow"))


def test_whole_reports_a_stack_overflow_in_a_handler(lab: Lab) -> None:
    """Given endless recursion in an interrupt's handler, then that is reported as well."""
    source = MACHINES[lab.arch].level
    steps = Steps().attach(0, source, OVERFLOW).ring(source)
    check_overflow(lab, "use up the stack in a handler", steps.request(""))


def test_whole_resumes_no_frame_that_is_lost(lab: Lab) -> None:
    """Given a fault so deep in a handler that its own frame has no room, then that is reported,
    though the fault could be served: the interrupted frame was overwritten."""
    if lab.arch == "x86_64":
        pytest.skip("a handler has no stack of its own here, whose frame could be lost")
    source = MACHINES[lab.arch].level
    steps = Steps().attach(0, source, DEEP).ring(source)
    check_overflow(lab, "fault deep in a handler", steps.request(""))


def find_code(path: Path, code: bytes) -> int:
    """The address of these bytes in the kernel's code."""
    with path.open("rb") as stream:
        section = ELFFile(stream).get_section_by_name(".text")
        at = section.data().find(code)
        assert at >= 0, "the kernel's code holds no such bytes"
        return int(section["sh_addr"] + at)


def test_whole_reports_a_breakpoint(lab: Lab) -> None:
    """Given a breakpoint instruction that nobody placed, then it is reported as what it is."""
    asked = request("traps.trap")  # the compiler's trap is a breakpoint on AArch64 and RISC-V
    if lab.arch == "x86_64":
        asked = request("traps.jump", find_code(lab.session.elf, b"\xcc"))
    run = lab.run([asked], expect_panic=True)
    reason = run.panic.reason if run.panic else "no report"
    if reason not in ("breakpoint", "BRK instruction"):
        differs("run a breakpoint instruction", "a report of a breakpoint", reason)


def test_whole_the_monitor_tells_of_it(lab: Lab) -> None:
    """Given the monitor, then its commands tell about interrupts, timers, sleep and the date."""
    run = lab.run(keys=["interrupts\r", "sleep 5\r", "timers\r", "date\r", "interrupts\r"])
    for title, pattern in {
        "interrupts": r"number +line +count +who\n(.*\n)*interrupts \d+, spurious 0, ",
        "sleep 5": r"slept 5\d{6} ns, woken \d{1,6} ns late",
        "timers": r"it is \d+\.\d{9} s; timers set: \d",
        "date": r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC, \d+ seconds",
        "interrupts, at last": r"interrupts [1-9]\d*, spurious 0, unclaimed 0;",
    }.items():
        if not re.search(pattern, run.console):
            differs(f"type `{title}`", f"an answer that fits {pattern}", run.console[-600:])
