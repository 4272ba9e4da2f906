"""Names for code addresses in a guest's console, read from the kernel's debugging information."""

from __future__ import annotations

import re
import subprocess
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path

from elftools.elf.elffile import ELFFile  # type: ignore[import]

from cairn.architectures import tool

ADDRESS = re.compile(r"\b(?:0x)?(ffffffff[89a-f][0-9a-f]{7})\b")


class Symbols:
    """The functions of a kernel."""

    def __init__(self, elf: Path, arch: str) -> None:
        self._elf = elf
        self._arch = arch
        found: list[tuple[int, int, str]] = []
        with elf.open("rb") as file:
            table = ELFFile(file).get_section_by_name(".symtab")
            for symbol in table.iter_symbols() if table is not None else ():
                if symbol["st_info"]["type"] == "STT_FUNC":
                    found.append((symbol["st_value"], symbol["st_size"], symbol.name))
        self._functions = sorted(found)
        self._starts = [start for start, _, _ in self._functions]

    def name(self, address: int) -> str | None:
        """`function+0x12`, or None for an address in no function."""
        index = bisect_right(self._starts, address) - 1
        if index < 0:
            return None
        start, size, name = self._functions[index]
        return f"{name}+0x{address - start:x}" if address < start + max(size, 1) else None

    def line(self, address: int) -> str:
        """`file:line`, or "" when it isn't known."""
        command = [tool(self._arch, "addr2line"), "-e", str(self._elf), f"0x{address:x}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError:
            return ""
        line = done.stdout.strip().split(" ")[0]
        return "" if line.startswith("??") else line

    def describe(self, address: int) -> str:
        """Function and line, as far as they are known."""
        name = self.name(address)
        if name is None:
            return f"0x{address:x}, which is not in the kernel's code"
        line = self.line(address)
        return f"{name} ({line})" if line else name

    def annotate(self, lines: Iterable[str]) -> list[str]:
        """Adds names to lines that show code addresses without any."""
        result = []
        for line in lines:
            names = [self.name(int(match, 16)) for match in ADDRESS.findall(line)]
            known = [name for name in names if name and name.split("+")[0] not in line]
            result.append(f"{line}    <- {', '.join(known)}" if known else line)
        return result
