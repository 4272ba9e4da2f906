"""What is measured, and its budgets: read from labs/NN-name/bench.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cairn.architectures import ARCHITECTURES, PROJECT

KEYS = {"operation", "boot", "function", "title", "unit", "budget", "memory", "growth", "peer",
        "times"}
KINDS = ("operation", "boot", "function")
MEMORY = "256M"


class BenchError(Exception):
    """A table is wrong, or an operation could not be measured."""


@dataclass(frozen=True)
class Peer:
    """What another system needs for the same, and where that was read."""

    name: str
    source: str
    counts: dict[str, int]  # by architecture


@dataclass(frozen=True, eq=False)
class Wanted:
    """A row to measure."""

    lab: int
    kind: str  # one of KINDS
    name: str  # the operation for bench.run, or the kernel's function
    title: str
    unit: str
    memory: str
    budget: dict[str, int]  # by architecture
    growth: int | None  # percent that the cost may grow from one memory size to another
    peers: tuple[Peer, ...]
    times: int  # how often the operation's code does it: the cost is a part of the count


def counts_of(entry: dict[str, Any], where: str) -> dict[str, int]:
    """The numbers by architecture."""
    counts = {key: value for key, value in entry.items() if key in ARCHITECTURES}
    if not all(isinstance(value, int) and value > 0 for value in counts.values()):
        raise BenchError(f"{where}: a number of instructions is a whole number above 0")
    return counts


def text_of(entry: dict[str, Any], key: str, where: str) -> str:
    """A text that must be there."""
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise BenchError(f"{where}: `{key}` is missing, or no text")
    return value


def read_peer(entry: dict[str, Any], where: str) -> Peer:
    """A peer; a number without its source is worth nothing."""
    unknown = sorted(set(entry) - set(ARCHITECTURES) - {"name", "source"})
    if unknown:
        raise BenchError(f"{where}: a peer has no `{unknown[0]}`")
    counts = counts_of(entry, where)
    if not counts:
        raise BenchError(f"{where}: a peer without a number")
    return Peer(text_of(entry, "name", where), text_of(entry, "source", where), counts)


def read_row(entry: dict[str, Any], lab: int, source: Path, number: int) -> list[Wanted]:
    """A row of the file: one to measure for each size of memory."""
    where = f"{source.relative_to(PROJECT)}: row {number}"
    unknown = sorted(set(entry) - KEYS)
    if unknown:
        raise BenchError(f"{where}: there is no key `{unknown[0]}`")
    kinds = [kind for kind in KINDS if kind in entry]
    if len(kinds) != 1:
        raise BenchError(f"{where}: needs exactly one of {', '.join(KINDS)}")
    kind = kinds[0]
    name = "" if kind == "boot" and entry[kind] is True else text_of(entry, kind, where)
    title = text_of(entry, "title", where)
    budget = counts_of(entry.get("budget", {}), where)
    if set(budget) != set(ARCHITECTURES):
        raise BenchError(f"{where}: `budget` needs {', '.join(ARCHITECTURES)}")
    sizes = entry.get("memory", MEMORY)
    several = isinstance(sizes, list)
    growth = entry.get("growth")
    if growth is not None and not (several and isinstance(growth, int)):
        raise BenchError(f"{where}: `growth` is percent, and compares several sizes of `memory`")
    times = entry.get("times", 1)
    if not isinstance(times, int) or times < 1 or (times > 1 and kind != "operation"):
        raise BenchError(f"{where}: `times` is how often an operation's code does it, from 1 on")
    peers = tuple(read_peer(peer, where) for peer in entry.get("peer", []))
    unit = text_of(entry, "unit", where)
    return [Wanted(lab, kind, name, f"{title}, {size}" if several else title, unit, str(size),
                   budget, growth, peers, times)
            for size in (sizes if several else [sizes])]


def read_table(source: Path) -> list[Wanted]:
    """All rows of one file."""
    try:
        facts = tomllib.loads(source.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BenchError(f"{source.relative_to(PROJECT)}: {error}") from error
    lab = int(source.parent.name.partition("-")[0])
    return [wanted for number, entry in enumerate(facts.get("row", []), 1)
            for wanted in read_row(entry, lab, source, number)]


def wanted_rows(lab: str) -> list[Wanted]:
    """The rows that LAB= names: those of one lab, or of all with `all` and nothing."""
    tables = [table for path in sorted(PROJECT.glob("labs/[0-9][0-9]-*/bench.toml"))
              if (table := read_table(path))]
    if lab not in ("", "all"):
        tables = [table for table in tables if lab.isdigit() and table[0].lab == int(lab)]
    if not tables:
        raise BenchError(f"no bench.toml here for lab {lab or 'all'!r}")
    return [wanted for table in tables for wanted in table]
