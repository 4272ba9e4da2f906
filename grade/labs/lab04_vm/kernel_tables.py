"""The kernel's own page tables, read from outside: from the processor's register, by QEMU."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from struct import unpack

from cairn.machine import Machine
from elftools.elf.elffile import ELFFile

from .entry_model import Format, Kind, flags_text, level_size
from .table_model import ENTRIES, ROOT_LEVEL, size_name
from .table_trace import canonical

# kernel/address_map/address_map.h
DIRECT_MAP, HEAP, STACKS, DEVICES, IMAGE = (
    0xffff_8000_0000_0000, 0xffff_c000_0000_0000, 0xffff_e000_0000_0000, 0xffff_f000_0000_0000,
    0xffff_ffff_8000_0000)


@dataclass(frozen=True)
class Mapping:
    """A page that the processor finds."""

    virtual: int
    physical: int
    level: int
    flags: int

    @property
    def end(self) -> int:
        return self.virtual + level_size(self.level)

    def __str__(self) -> str:
        return (f"{self.virtual:#x}: a page of {size_name(self.level)} at {self.physical:#x}, "
                f"{flags_text(self.flags)}")


def monitor(machine: Machine, command: str) -> str:
    """What a command of QEMU's monitor prints."""
    return str(machine.command("human-monitor-command", **{"command-line": command}))


def numbers_in(text: str) -> list[int]:
    """The values of a dump of memory."""
    return [int(word, 16) for line in text.splitlines()
            for word in line.partition(":")[2].split()]


def symbol(elf_path: Path, name: str) -> int:
    """The address of a variable."""
    with elf_path.open("rb") as stream:
        found = ELFFile(stream).get_section_by_name(".symtab").get_symbol_by_name(name)
    assert found, f"the kernel has no {name}"
    return int(found[0]["st_value"])


class Memory:
    """Physical memory of a machine that runs."""

    def __init__(self, machine: Machine, arch: str, elf: Path) -> None:
        self.machine, self.arch, self.elf = machine, arch, elf

    def table(self, physical: int) -> Sequence[int]:
        """The entries of a table."""
        path = self.machine.folder / "table"
        self.machine.command("pmemsave", val=physical, size=8 * ENTRIES, filename=str(path))
        return unpack(f"<{ENTRIES}Q", path.read_bytes())

    def root(self) -> Sequence[int]:
        """The entries of the table that the processor begins with at kernel addresses."""
        registers = monitor(self.machine, "info registers")
        if self.arch == "x86_64":
            found = re.search(r"CR3=([0-9a-f]+)", registers)
            assert found
            return self.table(int(found[1], 16) & ~0xfff)
        if self.arch == "riscv64":
            found = re.search(r"satp +([0-9a-f]+)", registers)
            assert found
            return self.table((int(found[1], 16) & (1 << 44) - 1) << 12)
        # QEMU does not tell TTBR1_EL1. What the kernel says is read through the processor's eyes.
        pointer, = numbers_in(monitor(self.machine, f"x /1gx {symbol(self.elf, 'kernel_root'):#x}"))
        return numbers_in(monitor(self.machine, f"x /{ENTRIES}gx {pointer:#x}"))


def mappings(memory: Memory, known: Format) -> Iterator[Mapping]:
    """All pages of the kernel's half, in order."""
    root = memory.root()
    yield from below(memory, known, [0] * (ENTRIES // 2) + list(root[ENTRIES // 2:]), ROOT_LEVEL, 0)


def below(memory: Memory, known: Format, entries: Sequence[int], level: int, base: int
          ) -> Iterator[Mapping]:
    """The pages that a table leads to."""
    for index, entry in enumerate(entries):
        decoded = known.decode(entry, level)
        virtual = base + index * level_size(level)
        if decoded.kind is Kind.TABLE:
            yield from below(memory, known, memory.table(decoded.physical), level - 1, virtual)
        elif decoded.kind is Kind.LEAF:
            yield Mapping(canonical(virtual), decoded.physical, level, decoded.flags)


def runs(pages: Sequence[Mapping]) -> Iterator[list[Mapping]]:
    """Pages side by side, of memory side by side, that allow the same."""
    run: list[Mapping] = []
    for page in pages:
        if run and (page.virtual != run[-1].end or page.flags != run[-1].flags or
                    page.physical - page.virtual != run[0].physical - run[0].virtual):
            yield run
            run = []
        run.append(page)
    if run:
        yield run


def best_levels(run: Sequence[Mapping]) -> Iterator[int]:
    """The levels of the largest pages that a run can have."""
    virtual, physical, end = run[0].virtual, run[0].physical, run[-1].end
    while virtual < end:
        level = next(level for level in (2, 1, 0) if (virtual | physical) % level_size(level) == 0
                     and end - virtual >= level_size(level))
        yield level
        virtual, physical = virtual + level_size(level), physical + level_size(level)
