"""The kernel's own ranges: memory, stacks and devices that come and go.

These tests carry no points: they need several exercises at once.
"""

from __future__ import annotations

import pytest
from cairn.lab import Lab
from cairn.requests import request
from labs.lab01_boot.errors import CODES, OK
from labs.lab01_boot.facts import number
from labs.lab01_boot.teaching import differs

from .kernel_space_model import (DEVICES, FAULT, FLASH, HEAP, PAGE, STACK, Ranges, Step,
                                 answers, balanced, expect, run_traces, totals)

pytestmark = pytest.mark.negative

NO_MEMORY = CODES["ERROR_NO_MEMORY"]
INVALID = CODES["ERROR_INVALID_ARGUMENT"]
MIB = 1 << 20


def pages(size: int) -> int:
    return (size + PAGE - 1) // PAGE * PAGE


def test_whole_gives_kernel_memory(lab: Lab) -> None:
    """Given sizes, then memory of whole pages, apart, with a guard; all of it comes back."""
    sizes = [1, PAGE - 1, PAGE, PAGE + 1, 8193, 64 * PAGE, 65 * PAGE, MIB]
    sizes += [lab.random.randrange(1, MIB) for _ in range(6)]
    allocate = [Step("m", size) for size in sizes]
    free = [Step("f", slot) for slot in range(len(sizes))]
    lengths = [Step("l", slot) for slot in range(len(sizes))]
    lab.random.shuffle(free)
    run = run_traces(lab, [[], allocate + lengths + free, allocate + lengths + free])
    for reply in run.replies[1:]:
        ranges = Ranges()
        came = answers(reply)
        for size, (error, address), (_, length) in zip(sizes, came, came[len(sizes):]):
            what = f"allocate {size} bytes of kernel memory"
            expect(what, OK, error)
            ranges.add(HEAP, address, address + pages(size) + PAGE, what)
            if length != pages(size):
                differs(f"{what}, then its length", str(pages(size)), str(length))
    balanced(lab, totals(run.replies[1]), totals(run.replies[2]), "allocate and free kernel memory")


def test_whole_guards_what_it_gives(lab: Lab) -> None:
    """Given memory and a stack, then their bytes keep what is written, and their guards fault."""
    size = PAGE * lab.random.randrange(1, 40)
    steps = [Step("m", size), Step("s"), Step("m", PAGE)]
    inside = [(0, 0), (0, size - 1), (1, -1), (1, -STACK), (2, 0), (0, lab.random.randrange(size))]
    guards = [(0, size), (0, size + PAGE - 1), (1, -STACK - 1), (1, -STACK - PAGE), (2, PAGE)]
    steps += [Step("w", *place) for place in inside] + [Step("r", *place) for place in inside]
    steps += [Step("r", *place) for place in guards]
    steps += [Step("f", slot) for slot in range(3)] + [Step("r", *place) for place in inside]
    came = answers(run_traces(lab, [steps]).replies[0])
    names = ["the memory", "the stack's top", "the other memory"]
    for step, (error, told) in list(zip(steps, came))[3:]:
        if step.letter == "f":
            names = [each + ", freed," for each in names if "freed" not in each] or names
            continue
        what = f"{'write' if step.letter == 'w' else 'read'} at {names[step.a]} {step.b:+}"
        good = (step.a, step.b) in inside and "freed" not in names[step.a]
        expect(what, OK if good else FAULT, error)
        if good and told != (step.b ^ step.a) % 256:
            differs(what, f"what was written, {(step.b ^ step.a) % 256}", str(told))


def test_whole_maps_devices(lab: Lab) -> None:
    """Given parts of a device, then each is mapped at its offset, with a guard, and goes again."""
    base = FLASH[lab.arch]
    parts = [(base, PAGE), (base + 0x123, 5), (base + PAGE - 1, 2), (base, 2 * MIB),
             (base + 3 * PAGE, 3 * MIB), (base + lab.random.randrange(2 * MIB), MIB)]
    maps = [Step(lab.random.choice("dc"), physical, size) for physical, size in parts]
    unmap = [Step("f", slot) for slot in range(len(parts))]
    run = run_traces(lab, [[], maps + unmap, maps + unmap])
    for reply in run.replies[1:]:
        ranges = Ranges()
        for (physical, size), (error, address) in zip(parts, answers(reply)):
            what = f"map {size} bytes of the device at 0x{physical:x}"
            expect(what, OK, error)
            if address % PAGE != physical % PAGE:
                differs(what, f"the same offset in a page, {physical % PAGE}", hex(address))
            if size >= 2 * MIB and address % (2 * MIB) != physical % (2 * MIB):
                differs(what, "the same offset in 2 MiB, so that large pages fit", hex(address))
            start = address - address % PAGE
            ranges.add(DEVICES, start, start + pages(physical % PAGE + size) + PAGE, what)
    balanced(lab, totals(run.replies[1]), totals(run.replies[2]), "map and unmap devices")
    reads = [Step("r", slot) for slot in range(len(parts))]
    again = answers(run_traces(lab, [maps + reads + unmap + reads]).replies[0])[len(maps):]
    for (physical, _), (error, _) in zip(parts, again):
        expect(f"read the device at 0x{physical:x}", OK, error)
    for (physical, _), (error, _) in zip(parts, again[len(reads) + len(unmap):]):
        expect(f"read the device at 0x{physical:x} after it was unmapped", FAULT, error)


def test_whole_refuses_what_was_not_given(lab: Lab) -> None:
    """Given wrong addresses and sizes, then an error or a report, and nothing else changes."""
    steps = [Step("m", 3 * PAGE), Step("s"), Step("d", FLASH[lab.arch], PAGE)]
    wrong = [Step("f", 0, PAGE), Step("f", 0, 8), Step("f", 1, PAGE), Step("f", 1, 1 << 40),
             Step("f", 2, 1 << 38), Step("f", 0, 1 << 62)]
    once = [Step("f", 0), Step("f", 1), Step("f", 2)]
    run = run_traces(lab, [steps + once, steps + wrong + once + once,
                           [Step("m", 0), Step("m", 1 << 40), Step("m", (1 << 64) - 1),
                            Step("d", 1 << 46, PAGE), Step("d", PAGE, 0),
                            Step("d", PAGE, (1 << 64) - 1), Step("c", PAGE, 1 << 45)]])
    balanced(lab, totals(run.replies[0]), totals(run.replies[1]), "free what was not given")
    lines = [line for line in run.console.splitlines() if "nothing was done" in line]
    if len(lines) < len(wrong) + len(once):
        differs("free what was not given", f"{len(wrong) + len(once)} reports on the log",
                str(len(lines)))
    came = answers(run.replies[2])
    expect("allocate no memory", INVALID, came[0][0])
    for error, told in came[1:]:
        if error == OK:
            differs("map or allocate what can't be", "an error", hex(told))
    balanced(lab, totals(run.replies[1]), totals(run.replies[2]), "ask for what can't be")


def test_whole_survives_exhaustion(lab: Lab) -> None:
    """Given the n-th allocation fails, for each n, then an error, and nothing is lost."""
    kinds = [Step("m", 5 * PAGE), Step("s"), Step("d", FLASH[lab.arch], 3 * PAGE)]
    traces: list[list[Step]] = [[*kinds, Step("f", 0), Step("f", 1), Step("f", 2)]]
    for count in range(1, 12):
        steps: list[Step] = []
        for kind in kinds:
            steps += [Step("e", count), kind, Step("e", 0)]
        traces.append(steps + [Step("f", slot) for slot in range(3)])
    run = run_traces(lab, traces)
    for count, reply in enumerate(run.replies[1:], 1):
        for error, _ in answers(reply):
            if error not in (OK, NO_MEMORY, CODES["ERROR_NOT_FOUND"]):
                differs(f"allocate while allocation {count} fails", "ERROR_NO_MEMORY", str(error))
        balanced(lab, totals(run.replies[0]), totals(reply),
                 f"allocate while allocation {count} fails")
    failed = [error for reply in run.replies[1:] for error, _ in answers(reply)]
    if NO_MEMORY not in failed:
        differs("allocate while the first allocation fails", "ERROR_NO_MEMORY", "success")


def test_whole_gives_up_where_memory_ends(lab: Lab) -> None:
    """Given a size far beyond the memory, then an error as soon as an allocation fails, and all
    that was taken comes back."""
    count = lab.random.randrange(20, 60)
    steps = [Step("e", count), Step("m", 1 << 37), Step("e", 0)]
    run = run_traces(lab, [[], steps, steps])
    for reply in run.replies[1:]:
        expect("allocate 128 GiB of kernel memory", NO_MEMORY, answers(reply)[1][0])
    balanced(lab, totals(run.replies[0]), totals(run.replies[2]), "allocate 128 GiB twice")


def test_whole_frees_what_start_up_used(lab: Lab) -> None:
    """Given the kernel runs, then the frames of start-up's code become free, once."""
    trace = request("kernel_space.trace")
    run = lab.run([trace, request("kernel_space.free_start_up"), trace,
                   request("kernel_space.free_start_up"), trace], command_line="heap=plain")
    before, freed, after, again, end = run.replies
    count = number(freed, "frames")
    if not 2 <= count <= 100:
        differs("free what only start-up needed", "some frames", str(count))
    if number(again, "frames") != 0:
        differs("free it once more", "nothing", f"{number(again, 'frames')} frames")
    gained = totals(after).free - totals(before).free
    grown = totals(after).tables - totals(before).tables
    if gained + grown != count:
        differs("count the free frames", f"{count} more", f"{gained} more")
    if totals(end).free != totals(after).free:
        differs("count the free frames again", str(totals(after).free), str(totals(end).free))
