#!/usr/bin/env python3
"""Makes the kernel's symbol file from the linked kernel.

Usage: make_symbols.py ELF OUTPUT

The file's format is described in kernel/symbols/symbols.h. It holds the functions of the ELF file's
symbol table and the rows of its DWARF line table, as far as they lie in the image's code; the same
input always gives the same bytes.
"""

from __future__ import annotations

import os
import posixpath
import re
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

PROJECT = Path(__file__).resolve().parents[2]

MAGIC = 0x4D595343
VERSION = 1
HEADER = struct.Struct("<IIQIIII")
ENTRY = struct.Struct("<III")

# readelf's line table: a file's whole name before its rows, whose own name has no folder.
FILE = re.compile(r"(?P<unit>CU: )?(?P<name>\S.*?):(?:\[\+\+\])?$")
ROW = re.compile(r"\S.*?\s(?P<line>\d+|-)\s+(?P<address>0x[0-9a-f]+|0)(?:\s|$)")
END = "-"


class Code(NamedTuple):
    """The image's code: addresses from base to limit, the latter exclusive."""

    base: int
    limit: int

    def holds(self, address: int) -> bool:
        return self.base <= address < self.limit


class Function(NamedTuple):
    """A function, by its address."""

    start: int
    size: int
    name: str


class Line(NamedTuple):
    """A row of the line table; file "" and line 0 where no line is known."""

    start: int
    file: str
    line: int


class Strings:
    """The string part of the file: offset 0 is the empty string, equal strings are shared."""

    def __init__(self) -> None:
        self._bytes = bytearray(b"\0")
        self._offsets: dict[str, int] = {"": 0}

    def add(self, text: str) -> int:
        if text not in self._offsets:
            self._offsets[text] = len(self._bytes)
            self._bytes += text.encode() + b"\0"
        return self._offsets[text]

    def packed(self) -> bytes:
        return bytes(self._bytes) + bytes(-len(self._bytes) % 4)


def elf_symbols(elf: ELFFile) -> list[Any]:
    table = elf.get_section_by_name(".symtab")
    if not isinstance(table, SymbolTableSection):
        raise ValueError("it has no symbol table")
    return list(table.iter_symbols())


def code_range(symbols: Iterable[Any]) -> Code:
    places = {symbol.name: symbol["st_value"] for symbol in symbols}
    try:
        return Code(places["image_start"], places["text_end"])
    except KeyError as missing:
        raise ValueError(f"it has no symbol {missing}") from None


def alias_rank(symbol: Any) -> tuple[int, int, str]:
    """The least of several names for one address is kept: global before weak before local."""
    binding = {"STB_GLOBAL": 0, "STB_WEAK": 1}.get(symbol["st_info"]["bind"], 2)
    return (binding, -symbol["st_size"], symbol.name)


def functions_of(symbols: Iterable[Any], code: Code) -> list[Function]:
    best: dict[int, Any] = {}
    for symbol in symbols:
        start = symbol["st_value"]
        if symbol["st_info"]["type"] != "STT_FUNC" or not code.holds(start):
            continue
        if start not in best or alias_rank(symbol) < alias_rank(best[start]):
            best[start] = symbol
    starts = sorted(best)
    functions = []
    for start, following in zip(starts, starts[1:] + [code.limit]):
        # Assembly may leave the size out: such a function reaches to the next one.
        size = best[start]["st_size"] or following - start
        functions.append(Function(start, min(size, code.limit - start), best[start].name))
    return functions


@cache
def project_path(name: str) -> str:
    """A file's name as people know it: relative to the project, without detours."""
    path = posixpath.normpath(name)
    return posixpath.relpath(path, PROJECT) if path.startswith(f"{PROJECT}/") else path


def line_table(path: Path) -> Iterator[str]:
    """The line table as binutils writes it; Python's own library takes two seconds for it."""
    command = ["readelf", "--wide", "--debug-dump=decodedline", str(path)]
    plain = os.environ | {"LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, check=False, env=plain)
    if done.returncode != 0:
        raise ValueError(f"readelf refuses its line table: {done.stderr.decode(errors='replace')}")
    return iter(done.stdout.decode(errors="replace").splitlines())


def sequences_of(table: Iterable[str], code: Code) -> Iterator[tuple[list[Line], int]]:
    """Runs of rows with rising addresses, each with the address of its end."""
    rows: list[Line] = []
    unit = file = ""
    for text in table:
        found = ROW.match(text)
        if not found:
            if name := FILE.match(text):
                file = project_path(name["name"])
                unit = file if name["unit"] else unit
            continue
        address = int(found["address"], 16)
        if found["line"] != END:
            line = int(found["line"])
            rows.append(Line(address, file if line else "", line))
            continue
        # Functions that the linker dropped have sequences too, outside the code.
        if rows and code.holds(rows[0].start):
            yield rows, min(address, code.limit)
        rows = []
        file = unit  # what comes next begins with the unit's own file again


def lines_of(table: Iterable[str], code: Code) -> list[Line]:
    known: dict[int, Line] = {}
    ends: set[int] = set()
    for rows, end in sequences_of(table, code):
        # Of several rows at one address only the last covers any code.
        known.update((row.start, row) for row in rows if code.holds(row.start))
        ends.add(end)
    for end in ends:
        if code.holds(end):
            known.setdefault(end, Line(end, "", 0))
    merged: list[Line] = []
    for start in sorted(known):
        row = known[start]
        if not merged or merged[-1][1:] != row[1:]:
            merged.append(row)
    return merged


def pack(code: Code, functions: list[Function], lines: list[Line]) -> bytes:
    strings = Strings()
    body = bytearray()
    for function in functions:
        body += ENTRY.pack(function.start - code.base, function.size, strings.add(function.name))
    for row in lines:
        body += ENTRY.pack(row.start - code.base, strings.add(row.file), row.line)
    text = strings.packed()
    header = HEADER.pack(MAGIC, VERSION, code.base, code.limit - code.base,
                         len(functions), len(lines), len(text))
    return header + body + text


def symbol_file(path: Path) -> bytes:
    with path.open("rb") as stream:
        elf = ELFFile(stream)
        symbols = elf_symbols(elf)
        if not elf.has_dwarf_info():
            raise ValueError("it has no debug information")
    code = code_range(symbols)
    return pack(code, functions_of(symbols, code), lines_of(line_table(path), code))


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print("usage: make_symbols.py ELF OUTPUT", file=sys.stderr)
        return 2
    source, target = arguments
    try:
        content = symbol_file(Path(source))
    except (OSError, ELFError, ValueError) as error:
        print(f"make_symbols.py: can't use {source}: {error}", file=sys.stderr)
        return 1
    partial = target + ".partial"
    Path(partial).write_bytes(content)
    os.replace(partial, target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
