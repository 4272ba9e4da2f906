"""What the monitor's debugger says, and where code can go on, by the kernel's disassembly."""

from __future__ import annotations

import re
import subprocess
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cairn.architectures import tool
from cairn.lab import Lab
from elftools.elf.elffile import ELFFile
from labs.lab01_boot.teaching import differs

INSTRUCTION = re.compile(r"^[ \t]*([0-9a-f]{16}):[ \t]+(\S+)[ \t]*(.*)$", re.MULTILINE)
STOPPED = re.compile(r"^stopped at 0x([0-9a-f]{16})", re.MULTILINE)
HIT = re.compile(r"^(breakpoint|watchpoint) (\d+), hit (\d+)$", re.MULTILINE)
WATCHED = re.compile(r"^(\d) bytes at 0x([0-9a-f]{16}): 0x([0-9a-f]+)"
                     r"(?: became 0x([0-9a-f]+)|, as before)$", re.MULTILINE)

# Mnemonics of what always jumps, what may jump, what calls, and what goes where registers say.
JUMPS = {"x86_64": r"jmp", "aarch64": r"b", "riscv64": r"j"}
BRANCHES = {"x86_64": r"j\w+", "aarch64": r"b\.\w+|cbn?z|tbn?z",
            "riscv64": r"b(eq|ne|lt|ge|gt|le)\w*"}
CALLS = {"x86_64": r"call", "aarch64": r"bl", "riscv64": r"jal"}
INDIRECT = {"x86_64": r"ret|jmp|call", "aarch64": r"ret|br|blr", "riscv64": r"ret|jr|jalr"}


@dataclass
class Code:
    """The kernel's instructions."""

    arch: str
    text: dict[int, tuple[str, str]]  # mnemonic and operands
    starts: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, arch: str, elf: Path) -> Code:
        """Disassembles a kernel."""
        listing = subprocess.run([tool(arch, "objdump"), "-d", "--no-show-raw-insn", str(elf)],
                                 check=True, capture_output=True, text=True).stdout
        text = {int(found[1], 16): (found[2], found[3]) for found in INSTRUCTION.finditer(listing)}
        return cls(arch, text, sorted(text))

    def after(self, address: int) -> int:
        """The next instruction in memory."""
        return self.starts[bisect_left(self.starts, address) + 1]

    def is_next(self, address: int, then: int) -> bool:
        """Whether code may go on there after the instruction at an address."""
        mnemonic, operands = self.text[address]
        target = re.search(r"\b(?:0x)?([0-9a-f]{16})\b", operands)

        def one_of(kinds: dict[str, str]) -> bool:
            return re.fullmatch(kinds[self.arch], mnemonic) is not None

        if target and (one_of(JUMPS) or one_of(CALLS)):
            return then == int(target[1], 16)
        if target and one_of(BRANCHES):
            return then in (int(target[1], 16), self.after(address))
        if one_of(INDIRECT):
            return then in self.text and then != self.after(address)
        return then == self.after(address) or (mnemonic.startswith("rep") and then == address)


def bytes_of(elf: Path, address: int, size: int) -> bytes:
    """What the file has of the kernel's code."""
    with elf.open("rb") as stream:
        section = ELFFile(stream).get_section_by_name(".text")
        start = address - section["sh_addr"]
        return bytes(section.data()[start:start + size])


def symbol_of(elf: Path, name: str) -> tuple[int, int]:
    """Address and size of the only variable or function of that name."""
    with elf.open("rb") as stream:
        table = ELFFile(stream).get_section_by_name(".symtab")
        [found] = table.get_symbol_by_name(name)
        return found["st_value"], found["st_size"]


@dataclass
class Answer:
    """What came between a typed line and the next prompt."""

    line: str
    text: str

    @property
    def stopped(self) -> int | None:
        """Where the kernel says that it stands."""
        found = STOPPED.search(self.text)
        return int(found[1], 16) if found else None

    @property
    def hit(self) -> tuple[str, int, int] | None:
        """Breakpoint or watchpoint, its number, and how often it was hit."""
        found = HIT.search(self.text)
        return (found[1], int(found[2]), int(found[3])) if found else None

    @property
    def watched(self) -> tuple[int, int, int, int] | None:
        """Size and address of watched memory, and its value before and after."""
        found = WATCHED.search(self.text)
        if not found:
            return None
        before = int(found[3], 16)
        return int(found[1]), int(found[2], 16), before, int(found[4], 16) if found[4] else before

    def expect(self, what: str, wanted: object, came: object) -> None:
        """Fails the test unless they are equal."""
        if wanted != came:
            differs(f"type `{self.line}`: {what}", told(wanted), f"{told(came)}, in:\n{self.text}")

    def expect_text(self, pattern: str) -> None:
        """Fails the test unless the answer has it."""
        if not re.search(pattern, self.text, re.MULTILINE):
            differs(f"type `{self.line}`", f"an answer with {pattern}", self.text)


def told(value: object) -> str:
    """A value in words, addresses as such."""
    return f"{value:#x}" if isinstance(value, int) and value > 1 << 32 else str(value)


def session(lab: Lab, lines: Sequence[str]) -> list[Answer]:
    """Types lines at the monitor's prompt."""
    run = lab.run(keys=[line + "\r" for line in lines])
    parts = run.console.split("\ncairn> ")[1:]
    if len(parts) != len(lines) + 1:
        differs(f"type {len(lines)} lines", f"{len(lines) + 1} prompts", run.console[-2000:])
    return [Answer(line, part) for line, part in zip(lines, parts)]
