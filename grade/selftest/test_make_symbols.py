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
def tool(monkeypatch):
    """make_symbols.py, to be called."""
    monkeypatch.syspath_prepend(TOOL.parent)
    return importlib.import_module("make_symbols")


def rows_of_library(elf: Path) -> list[list[tuple[int, str, int]]]:
    """The runs of an ELF file's line table, as another reader finds them."""
    runs: list[list[tuple[int, str, int]]] = [[]]
    with elf.open("rb") as stream:
        dwarf = ELFFile(stream).get_dwarf_info()
        for unit in dwarf.iter_CUs():
            program = dwarf.line_program_for_CU(unit)
            states = [entry.state for entry in program.get_entries() if entry.state is not None]
            for state in states:
                name = program["file_entry"][state.file - 1].name.decode()
                row = (state.address, name if state.line else "", state.line)
                runs[-1].append(row)
                if state.end_sequence:
                    runs.append([])
    return [run[:-1] for run in runs if run]


def test_the_rows_are_those_that_another_reader_finds(linked, tool):
    everything = tool.Code(0, 1 << 64)
    runs = [[(row.start, Path(row.file).name, row.line) for row in run]
            for run, _ in tool.sequences_of(tool.line_table(linked), everything)]
    assert runs == rows_of_library(linked)
    assert sum(map(len, runs)) > 10


def test_a_broken_line_table_comes_to_an_end(linked, tmp_path):
    with linked.open("rb") as stream:
        section = ELFFile(stream).get_section_by_name(".debug_line")
        begin, end = section["sh_offset"], section["sh_offset"] + section["sh_size"]
    draw = random.Random(1)
    for _ in range(20):
        broken = bytearray(linked.read_bytes())
        for _ in range(draw.randrange(1, 8)):
            broken[draw.randrange(begin, end)] = draw.randrange(256)
        (tmp_path / "broken").write_bytes(broken)
        command = [sys.executable, str(TOOL), str(tmp_path / "broken"), str(tmp_path / "out")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert done.returncode == 0 or "can't use" in done.stderr, done.stderr
