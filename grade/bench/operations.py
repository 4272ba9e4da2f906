"""The runs that measure what the labs' tables ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.boot import measure_boot, measure_function
from bench.rows import Wanted
from cairn.architectures import PROJECT
from cairn.lab import Lab
from cairn.requests import request
from cairn.session import Session, open_session

ERRORS = PROJECT / "kernel/include/cairn/errors.def"


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    lab: int
    name: str
    arch: str
    instructions: int | None  # None when it could not be done
    budget: int
    unit: str
    peers: dict[str, int]  # by the peer's name
    failure: str = ""

    @property
    def fits(self) -> bool:
        return self.instructions is not None and self.instructions <= self.budget


def name_of_status(status: int) -> str:
    """An error as the kernel's source calls it."""
    codes = re.findall(r"^ERROR\((\w+), (\d+),", ERRORS.read_text(), re.MULTILINE)
    return next((f"ERROR_{word}" for word, code in codes if -int(code) == status), str(status))


def run_operations(session: Session, wanted: Sequence[Wanted]) -> list[tuple[int | None, str]]:
    """Boots once and does all operations, in the exact lane."""
    lab = Lab(session, "bench", "make bench", session.folder / "bench")
    run = lab.run([request("bench.run", row.name, budget_ms=1000) for row in wanted])
    return [(-(-reply.instructions // row.times), "") if reply.status == 0
            else (None, name_of_status(reply.status))
            for row, reply in zip(wanted, run.replies, strict=True)]


def measure_row(session: Session, row: Wanted) -> int:
    """What is measured from outside, by stopping the machine: a boot of its own for each row."""
    if row.kind == "boot":
        return measure_boot(session, row.memory)
    return measure_function(session, row.name, row.memory)


def measure(arch: str, wanted: Sequence[Wanted]) -> list[Row]:
    """All rows of one architecture."""
    inside = [row for row in wanted if row.kind == "operation"]
    counts: dict[Wanted, tuple[int | None, str]] = {}
    with open_session(arch, sanitized=False, seed=1, probes=[]) as session:
        if inside:
            counts.update(zip(inside, run_operations(session, inside), strict=True))
        for row in wanted:
            if row.kind != "operation":
                counts[row] = measure_row(session, row), ""
    return [
        Row(row.lab, row.title, arch, counts[row][0], row.budget[arch], row.unit,
            {peer.name: peer.counts[arch] for peer in row.peers if arch in peer.counts},
            counts[row][1])
        for row in wanted]


def grown(wanted: Sequence[Wanted], rows: Iterable[Row]) -> list[str]:
    """Complaints about costs that grow with the memory more than their table allows."""
    told = {(row.lab, row.title): row for row in wanted if row.growth is not None}
    counts: dict[tuple[str, str, int], list[int]] = {}
    for row in rows:
        asked = told.get((row.lab, row.name))
        if asked is not None and asked.growth is not None and row.instructions is not None:
            counts.setdefault((row.arch, asked.name, asked.growth), []).append(row.instructions)
    return [f"grows with memory on {arch}: {name}: from {min(found):,} to {max(found):,}"
            for (arch, name, growth), found in counts.items()
            if max(found) * 100 > min(found) * (100 + growth)]
