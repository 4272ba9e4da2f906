"""Traces of kernel ranges, and what must come of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from cairn.lab import Lab, Run
from cairn.protocol import Reply
from cairn.requests import Request, request
from labs.lab01_boot.errors import CODES, OK, name
from labs.lab01_boot.facts import number
from labs.lab01_boot.teaching import differs

PAGE = 4096
STACK = 16384
WINDOW = 1 << 39
HEAP, STACKS, DEVICES = range(3)
BASES = (0xffffc00000000000, 0xffffe00000000000, 0xfffff00000000000 + WINDOW)
FAULT = CODES["ERROR_FAULT"]
# Where reading is harmless on each machine: its flash memory.
FLASH = {"x86_64": 0xffc00000, "aarch64": 0, "riscv64": 0x20000000}

STEPS_MAX = 80
# What the address sanitizer keeps for each chunk that the heap ever used.
SHADOW_FRAMES = 64


@dataclass
class Step:
    """One step of a trace."""

    letter: str
    a: int = 0
    b: int = 0


@dataclass
class Totals:
    """What the end of a trace tells."""

    tables: int
    free: int
    windows: list[list[int]]


@dataclass
class Ranges:
    """All ranges in use, guard pages included: none overlaps another."""

    taken: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, window: int, start: int, end: int, what: str) -> None:
        base = BASES[window]
        if not base <= start < end <= base + WINDOW:
            differs(what, f"a range within 0x{base:x} to 0x{base + WINDOW:x}", f"0x{start:x}")
        if start % PAGE:
            differs(what, "whole pages", f"0x{start:x}")
        for other_start, other_end, other in self.taken:
            if start < other_end and other_start < end:
                differs(what, "a range of its own, guard page included",
                        f"0x{start:x} to 0x{end:x}, over that of {other} at 0x{other_start:x}")
        self.taken.append((start, end, what))


def requests_of(steps: list[Step]) -> Request:
    words: list[int | str] = []
    for step in steps:
        words += [step.letter, step.a, step.b]
    return request("kernel_space.trace", *words)


def answers(reply: Reply) -> list[tuple[int, int]]:
    """Error code and number of each step."""
    found = [value for value in reply.all("step") if isinstance(value, list)]
    return [(code - (1 << 64) if code >> 63 else code, told) for code, told in found]


def totals(reply: Reply) -> Totals:
    windows = [value for value in reply.all("window") if isinstance(value, list)]
    return Totals(number(reply, "tables"), number(reply, "free"), windows)


def expect(what: str, expected: int, came: int) -> None:
    if expected != came:
        differs(what, name(expected), name(came))


def balanced(lab: Lab, before: Totals, after: Totals, what: str) -> None:
    """Every frame is back, but for those that new page tables keep, and the sanitizer's tables."""
    missing = before.free - after.free - (after.tables - before.tables)
    if missing > 0 and not (lab.session.sanitized and missing % SHADOW_FRAMES == 0):
        differs(what, "all frames free again, but for page tables", f"{missing} are missing")
    for old, new in zip(before.windows, after.windows):
        if old[2:] != new[2:]:
            differs(what, f"{old[2]} ranges of {old[3]} bytes", f"{new[2]} of {new[3]} bytes")


def run_traces(lab: Lab, traces: list[list[Step]], budget_ms: int = 200) -> Run:
    """Runs traces in one boot; each must be short enough for one request."""
    assert all(len(trace) <= STEPS_MAX for trace in traces)
    run = lab.run([requests_of(trace) for trace in traces], command_line="heap=plain",
                  budget_ms=budget_ms)
    for reply in run.replies:
        expect("the trace itself", OK, reply.status)
    return run
