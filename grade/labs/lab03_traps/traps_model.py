"""Steps for the running machine's traps and interrupts, and what each machine offers for them.

The probe traps.steps (kernel/probe/probe_traps.c) runs the steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cairn.lab import Lab
from cairn.protocol import Reply
from cairn.requests import Request, request
from labs.lab01_boot.errors import OK, name
from labs.lab01_boot.facts import numbers, signed
from labs.lab01_boot.teaching import differs

from .lines_chips import HIGH, RISING

# kernel/probe/probe_traps.c: enum behaviour
CLAIM, DETACH, FAULT, OVERFLOW, DEEP = 1, 2, 4, 8, 16
# kernel/trap/trap.h: enum trap_cause
MEMORY = 1
# The steps that return a number, not an error.
COUNTS = ("calls", "count", "number", "traps", "unclaimed", "spurious")
# Long enough for a device that rings some microseconds later.
WAIT_NS = 60_000


@dataclass(frozen=True)
class Source:
    """A device that can be made to ring by writes to its registers, at physical addresses."""

    line: int
    trigger: int
    ring: tuple[tuple[int, int], ...]
    quiet: tuple[int, int]  # what its handler must write


@dataclass(frozen=True)
class Variant:
    """A machine with other interrupt controllers."""

    has_messages: bool
    devices: tuple[str, ...] = ()  # QEMU's arguments
    numbers: int = 0  # how many messages there can be
    # Whether QEMU looks at a level again when it was served. Its PLIC waits for the next change.
    levels_stay: bool = True
    # Spurious interrupts when a line that rings is masked before it is served. QEMU's PLIC
    # interrupts then; its other controllers take the ring back, or have sent it as a message.
    spurious: int = 0


@dataclass(frozen=True)
class Hardware:
    """What a machine of the grader has."""

    level: Source
    edge_line: int  # one that nobody uses
    no_lines: tuple[int, ...]
    variants: tuple[Variant, ...]
    guards: tuple[int, ...]  # addresses at which nothing is mapped
    # A line by the firmware's overrides: as it is asked for, and what it is.
    aliases: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


PL031 = 0x0901_0000
HPET = 0xfed0_0000
GOLDFISH = 0x10_1000

MACHINES = {
    # Timer 0 of the HPET on line 20, a level: counts from 0 to 1,000 each time it is let run.
    "x86_64": Hardware(
        Source(20, HIGH, ((HPET + 0x10, 0), (HPET + 0xf0, 0), (HPET + 0xf4, 0),
                          (HPET + 0x100, 20 << 9 | 6), (HPET + 0x108, 1000), (HPET + 0x10c, 0),
                          (HPET + 0x10, 1)), (HPET + 0x20, 1)),
        6, (24, 25, 1023, 1024, 100_000, 0xffff_fffe, 0xffff_ffff),
        (Variant(True, numbers=192),),
        (0, 64, 1 << 40, 1 << 47, (1 << 64) - 8, 0x8000_0000_0000_0000),
        (((0, HIGH), (2, RISING)), ((5, RISING), (5, HIGH)))),
    # The real-time clock's alarm at the time to which it is set.
    "aarch64": Hardware(
        Source(34, HIGH, ((PL031 + 0x10, 1), (PL031 + 0x08, 100), (PL031 + 0x04, 100)),
               (PL031 + 0x1c, 1)),
        101, (288, 1019, 1023, 1024, 5000, 0xffff_fffe, 0xffff_ffff),
        (Variant(True, numbers=256), Variant(False, ("-machine", "its=off"))),
        (0, 64, 1 << 40, 1 << 47, (1 << 64) - 8, 0x8000_0000_0000_0000)),
    # The real-time clock's alarm at a time that has passed.
    "riscv64": Hardware(
        Source(11, HIGH, ((GOLDFISH + 0x10, 1), (GOLDFISH + 0x0c, 0), (GOLDFISH + 0x08, 0)),
               (GOLDFISH + 0x1c, 1)),
        12, (0, 97, 1023, 1024, 5000, 0xffff_fffe, 0xffff_ffff),
        (Variant(False, levels_stay=False, spurious=1),
         Variant(True, ("-machine", "aia=aplic-imsic"), 255)),
        (0, 64, 1 << 40, 1 << 47, (1 << 64) - 8, 0x8000_0000_0000_0000)),
}


@dataclass
class Step:
    """A step, and what it should return; None for anything."""

    words: tuple[int | str, ...]
    expected: int | None
    why: str
    result: int = 0

    def __str__(self) -> str:
        return " ".join(map(str, self.words))

    def told(self, result: int) -> str:
        """A result, in words."""
        return str(result) if self.words[0] in COUNTS else name(result)


@dataclass
class Steps:
    """Steps in their order."""

    steps: list[Step] = field(default_factory=list)
    probe: str = "traps.steps"

    def do(self, *words: int | str, expected: int | None = OK, why: str = "") -> Steps:
        self.steps.append(Step(words, expected, why))
        return self

    def pokes(self, writes: Iterable[tuple[int, int]]) -> Steps:
        for address, value in writes:
            self.do("poke", address, value)
        return self

    def ring(self, source: Source) -> Steps:
        """Makes the device ring, and waits for the interrupt."""
        return self.pokes(source.ring).do("wait", WAIT_NS)

    def attach(self, slot: int, source: Source, behaviour: int = CLAIM) -> Steps:
        """Has a handler of that behaviour wait for the device."""
        self.do("behave", slot, behaviour)
        self.do("acknowledge", slot, *source.quiet)
        return self.do("attach", slot, source.line, source.trigger)

    def expect(self, *words: int | str, value: int, why: str) -> Steps:
        return self.do(*words, expected=value, why=why)

    def request(self, title: str) -> Request:
        words = [word for step in self.steps for word in step.words]
        return request(self.probe, *words).titled(title)

    def judge(self, title: str, reply: Reply) -> None:
        """Fails the test unless every step returned what it should."""
        results = [signed(result) for result in numbers(reply, "results")]
        for i, (step, result) in enumerate(zip(self.steps, results, strict=True)):
            step.result = result
            if step.expected is not None and result != step.expected:
                before = "; ".join(map(str, self.steps[max(i - 8, 0):i]))
                differs(f"{title}: {step}, after {before}",
                        f"{step.told(step.expected)} {step.why}".strip(), step.told(result))


def check(lab: Lab, title: str, steps: Steps, devices: Sequence[str] = (),
          processors: int = 1) -> list[Reply]:
    """Runs and judges the steps in one boot, so many in a request. Returns the replies."""
    at_a_time = 60
    parts = [Steps(steps.steps[i:i + at_a_time], steps.probe)
             for i in range(0, len(steps.steps), at_a_time)]
    run = lab.run([part.request(title) for part in parts], devices=devices, processors=processors)
    for part, reply in zip(parts, run.replies, strict=True):
        part.judge(title, reply)
    return run.replies
