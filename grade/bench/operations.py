"""The operations that are measured, their budgets, and the run that measures them."""

from __future__ import annotations

from dataclasses import dataclass

from bench.boot import measure_boot
from cairn.architectures import ARCHITECTURES
from cairn.lab import Lab
from cairn.requests import request
from cairn.session import Session, open_session

BOOT = "boot to the prompt, after firmware"


class BenchError(Exception):
    """An operation could not be measured."""


@dataclass(frozen=True)
class Operation:
    """An operation: the probe's name for it, and the most instructions that it may take."""

    name: str
    probe: str
    budgets: tuple[int, int, int]  # in the order of ARCHITECTURES


# What was measured and about a seventh more, for other compilers; a budget that is met is lowered.
BOOT_BUDGETS = (3_000_000, 3_000_000, 3_000_000)
OPERATIONS = (
    Operation("format_number, 20 digits", "format_number", (650, 630, 680)),
    Operation("log line into the ring", "log_line", (2_450, 2_350, 2_550)),
    Operation("memory_map_normalise, 16 ranges", "memory_map_normalise", (22_000, 17_500, 15_000)),
    Operation("symbol_lookup in the kernel's table", "symbol_lookup", (360, 340, 420)),
    Operation("backtrace_walk, 16 frames", "backtrace", (590, 550, 450)),
    Operation("one byte to the console", "console_byte", (110, 120, 150)),
    Operation("exception and back", "exception", (95, 125, 155)),
)


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    name: str
    arch: str
    instructions: int
    budget: int

    @property
    def fits(self) -> bool:
        return self.instructions <= self.budget


def run_operations(session: Session) -> list[int]:
    """Boots once and does all operations, in the exact lane."""
    lab = Lab(session, "bench", "make bench", session.folder / "bench")
    run = lab.run([request("bench.run", operation.probe) for operation in OPERATIONS])
    for operation, reply in zip(OPERATIONS, run.replies, strict=True):
        if reply.status != 0:
            raise BenchError(f"{operation.name} on {session.arch}: status {reply.status}")
    return [reply.instructions for reply in run.replies]


def measure(arch: str) -> list[Row]:
    """All rows of one architecture."""
    index = list(ARCHITECTURES).index(arch)
    with open_session(arch, sanitized=False, seed=1, probes=[]) as session:
        counts = [measure_boot(session), *run_operations(session)]
    names = [BOOT, *(operation.name for operation in OPERATIONS)]
    budgets = [BOOT_BUDGETS, *(operation.budgets for operation in OPERATIONS)]
    return [Row(name, arch, instructions, budget[index])
            for name, instructions, budget in zip(names, counts, budgets, strict=True)]
