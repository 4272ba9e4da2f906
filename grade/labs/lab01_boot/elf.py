"""What the kernel's ELF file says of its code: functions by address, and lines of a few sources."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from elftools.elf.elffile import ELFFile


@dataclass(frozen=True)
class Function:
    """A function, with every name that its address has."""

    start: int
    size: int
    names: tuple[str, ...]


@dataclass
class Functions:
    """The functions of a kernel, by address."""

    all: list[Function]
    starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.starts = [function.start for function in self.all]

    def at(self, address: int) -> Function | None:
        """The function whose code holds the address."""
        index = bisect_right(self.starts, address) - 1
        if index < 0 or address - self.starts[index] >= self.all[index].size:
            return None
        return self.all[index]

    def name_at(self, address: int) -> str:
        """A name of the function at the address, or the address itself."""
        found = self.at(address)
        return found.names[0] if found else f"0x{address:x}"


@dataclass(frozen=True)
class Row:
    """A row of the line table: [start, end) comes from that line of that file."""

    start: int
    end: int
    file: str  # without its folder
    line: int


def functions_of(path: Path) -> Functions:
    """The functions of the symbol table whose size is known."""
    found: dict[int, list[Any]] = {}
    with path.open("rb") as stream:
        for symbol in ELFFile(stream).get_section_by_name(".symtab").iter_symbols():
            if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_size"] > 0:
                found.setdefault(symbol["st_value"], []).append(symbol)
    return Functions([Function(start, max(symbol["st_size"] for symbol in symbols),
                               tuple(sorted(symbol.name for symbol in symbols)))
                      for start, symbols in sorted(found.items())])


def rows_of_unit(unit: Any) -> list[Row]:
    """The rows of one source's line table that cover code."""
    program = unit.dwarfinfo.line_program_for_CU(unit)
    if program is None:
        return []
    first = 1 if program["version"] < 5 else 0
    files = [entry.name.decode() for entry in program["file_entry"]]
    states = [entry.state for entry in program.get_entries() if entry.state is not None]
    return [Row(now.address, after.address, files[now.file - first].rpartition("/")[2], now.line)
            for now, after in zip(states, states[1:])
            if not now.end_sequence and now.line > 0 and now.address < after.address]


def some_rows(path: Path, random: Random, functions: Functions, least: int) -> list[Row]:
    """Rows of sources chosen by chance, until there are enough; reading all would take too long."""
    rows: list[Row] = []
    with path.open("rb") as stream:
        units = list(ELFFile(stream).get_dwarf_info().iter_CUs())
        random.shuffle(units)
        for unit in units:
            # Code that the linker has dropped has rows too, at addresses where the kernel isn't.
            rows += [row for row in rows_of_unit(unit) if functions.at(row.start)]
            if len(rows) >= least:
                break
    return rows
