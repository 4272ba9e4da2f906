"""The symbol file, read back and compared with what the C compiler was given."""

from __future__ import annotations

import importlib
import random
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

PROJECT = Path(__file__).resolve().parents[2]
TOOL = PROJECT / "kernel" / "tools" / "make_symbols.py"
COMPILER = "x86_64-linux-gnu-gcc"
BASE = 0xFFFFFFFF80000000

SOURCE = """int value;
__attribute__((noinline)) int first(int x)
{
    return x + value;
}
extern int also_first(int) __attribute__((alias("first")));
int dropped(void)
{
    return 7;
}
int start(int x)
{
    return first(x) * 3;
}
"""
LAYOUT = f"""ENTRY(start)
SECTIONS
{{
    . = {BASE:#x};
    image_start = .;
    .text : {{ *(.text.first) . = ALIGN(64); *(.text .text.*) }}
    text_end = .;
    .bss : {{ *(.bss*) }}
}}
"""


@pytest.fixture
def linked(tmp_path):
    """A small program, linked as the kernel is."""
    if shutil.which(COMPILER) is None:
        pytest.skip(f"needs {COMPILER}")
    (tmp_path / "small.c").write_text(SOURCE)
    (tmp_path / "layout.ld").write_text(LAYOUT)
    subprocess.run(
        [COMPILER, "-g", "-gdwarf-4", "-O2", "-nostdlib", "-static", "-no-pie", "-fno-pic",
         "-ffunction-sections", f"-ffile-prefix-map={tmp_path}=.", "-Wl,--gc-sections",
         "-Wl,--build-id=none", "-fno-asynchronous-unwind-tables", "-mcmodel=kernel",
         "-T", "layout.ld", "small.c", "-o", "small.elf"],
        cwd=tmp_path, check=True, capture_output=True)
    return tmp_path / "small.elf"


class SymbolFile:
    """A symbol file, taken apart as kernel/symbols/symbols.h describes it."""

    def __init__(self, data: bytes) -> None:
        header = struct.unpack_from("<IIQIIII", data)
        self.magic, self.version, self.base, self.limit, symbols, lines, text = header
        self.strings = data[len(data) - text:]
        entries = list(struct.iter_unpack("<III", data[32:len(data) - text]))
        assert len(entries) == symbols + lines
        self.symbols = [(a, b, self.string(c)) for a, b, c in entries[:symbols]]
        self.lines = [(a, self.string(b), c) for a, b, c in entries[symbols:]]

    def string(self, offset: int) -> str:
        return self.strings[offset:self.strings.index(0, offset)].decode()


def make(elf: Path, target: Path) -> SymbolFile:
    subprocess.run([sys.executable, str(TOOL), str(elf), str(target)], check=True)
    return SymbolFile(target.read_bytes())


def test_functions_are_listed_once_and_dropped_ones_are_not(linked, tmp_path):
    table = make(linked, tmp_path / "symbols")
    assert (table.magic, table.version, table.base) == (0x4D595343, 1, BASE)
    names = [name for _, _, name in table.symbols]
    assert "start" in names and "dropped" not in names
    assert len({"first", "also_first"} & set(names)) == 1


def test_every_line_belongs_to_its_function(linked, tmp_path):
    table = make(linked, tmp_path / "symbols")
    start = next(symbol for symbol in table.symbols if symbol[2] == "start")
    within = [row for row in table.lines if start[0] <= row[0] < start[0] + start[1]]
    assert within and all(row[1] == "small.c" and 11 <= row[2] <= 14 for row in within)


def test_gaps_have_no_line_and_starts_rise(linked, tmp_path):
    table = make(linked, tmp_path / "symbols")
    first = table.symbols[0]
    assert (first[1], "", 0) in table.lines, "the gap behind the first function"
    for entries in (table.symbols, table.lines):
        starts = [entry[0] for entry in entries]
        assert starts == sorted(set(starts)) and starts[-1] < table.limit
    pairs = [row[1:] for row in table.lines]
    assert all(one != other for one, other in zip(pairs, pairs[1:]))


def test_the_same_input_gives_the_same_bytes(linked, tmp_path):
    make(linked, tmp_path / "one")
    make(linked, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_file_that_is_no_kernel_is_refused(tmp_path):
    (tmp_path / "text").write_text("not an ELF file")
    command = [sys.executable, str(TOOL), str(tmp_path / "text"), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "can't use" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.fixture
def read_rows(monkeypatch):
    """How make_symbols.py reads a line table."""
    monkeypatch.syspath_prepend(TOOL.parent)
    return importlib.import_module("line_table").read_rows


def section_of(elf: Path) -> bytes:
    with elf.open("rb") as stream:
        return bytes(ELFFile(stream).get_section_by_name(".debug_line").data())


def test_the_rows_are_those_that_a_general_library_finds(linked, read_rows):
    wanted = []
    with linked.open("rb") as stream:
        dwarf = ELFFile(stream).get_dwarf_info()
        for unit in dwarf.iter_CUs():
            entries = dwarf.line_program_for_CU(unit).get_entries()
            wanted += [each.state for each in entries if each.state is not None]
    rows = list(read_rows(section_of(linked)))
    assert [(row.address, row.is_end) for row in rows] == \
        [(state.address, state.end_sequence) for state in wanted]
    assert [row.line for row in rows if not row.is_end] == \
        [state.line for state in wanted if not state.end_sequence]
    assert len(rows) > 10


def test_a_broken_line_table_comes_to_an_end(linked, read_rows):
    section, draw = section_of(linked), random.Random(1)
    refused = 0
    for _ in range(2000):
        end = draw.choice((len(section), draw.randrange(len(section))))
        broken = bytearray(section[:end])
        for _ in range(draw.randrange(4) if broken else 0):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        try:
            for count, _ in enumerate(read_rows(bytes(broken))):
                assert count <= len(broken)
        except (ValueError, IndexError, ZeroDivisionError):
            refused += 1
    assert 1000 < refused < 2000
