"""What the monitor's answers mean, and what the kernel's ELF file says."""

from __future__ import annotations

import re

from elftools.elf.elffile import ELFFile

RANGE = re.compile(r"  0x([0-9a-f]{16}) - 0x([0-9a-f]{16}) +(\d+) (B|KiB|MiB|GiB|TiB) +(\w[\w ]*)$")
UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}


def symbol(elf: ELFFile, name: str) -> int:
    (found,) = elf.get_section_by_name(".symtab").get_symbol_by_name(name)
    return int(found["st_value"])


def ranges(lines: list[str]) -> list[tuple[int, int, str]]:
    """The lines of a memory map, as base, size and kind."""
    found = []
    for line in lines:
        match = RANGE.match(line)
        assert match, line
        base, last = int(match[1], 16), int(match[2], 16)
        assert int(match[3]) * UNITS[match[4]] == last - base + 1
        found.append((base, last - base + 1, match[5]))
    return found
