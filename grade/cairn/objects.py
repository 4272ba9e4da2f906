"""What the object files of a student's sources may hold: code and data, and no way to the grader.

Code of theirs runs in the same image as the probes. So before that image boots, their objects are
looked at: a section that nobody expects could register a probe or an init call, and a symbol of the
probes or of the ramdisk, where the grader's script lies, is of no use to a solution.

This closes the easy ways. Code in the kernel can still search memory for the script and sign what
it likes; then the facts that it claims are judged like all others, against the grader's own model.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from cairn.architectures import PROJECT, tool

# Where the symbols come from that a student's code may not use.
KEPT_APART = ("kernel/probe", "kernel/ramdisk")
# Except these: with STRETCHES=1 the kernel's own headers call them; without, there are none.
MEASURES = {"stretch_begin", "stretch_end"}
# Files of a student's besides the exercises'.
OWN = "kernel/own/"

SECTIONS = re.compile(
    r"|\.(text|rodata|data|bss|srodata|sdata|sbss|init\.(text|rodata|data))(\..*)?"
    r"|\.percpu|\.rela?(\..*)?|\.(symtab|strtab|shstrtab|symtab_shndx|comment|group)"
    r"|\.debug_.*|\.note\.(GNU-stack|gnu\.property)|\.(riscv|ARM)\.attributes|\.eh_frame"
)
# What own files may register besides.
OWN_SECTIONS = re.compile(r"\.table\.monitor_commands\..*")

# Instructions that can set the counters by which the cost of a request is told. (On RISC-V only the
# firmware can.) Exercises about the processor itself are excepted.
COUNTERS = {"x86_64": r"\bwrmsr\b", "aarch64": r"\bmsr\s+pm\w+"}
MACHINE = "kernel/arch/"


class Refused(Exception):
    """The sources use what is not theirs to use; the message says which file and what."""


def symbols(path: Path, *, defined: bool, weak: bool = True) -> set[str]:
    """The names of the symbols that an object gives to others, or takes from others.

    Without `weak`, those alone that no other object can give as well.
    """
    with path.open("rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        if not isinstance(table, SymbolTableSection):
            return set()
        return {
            str(symbol.name)
            for symbol in table.iter_symbols()
            if symbol.name
            and symbol["st_info"]["bind"] not in ("STB_LOCAL", *(() if weak else ("STB_WEAK",)))
            and (symbol["st_shndx"] != "SHN_UNDEF") == defined
        }


def section_names(path: Path) -> list[str]:
    """The names of an object's sections."""
    with path.open("rb") as file:
        return [str(section.name) for section in ELFFile(file).iter_sections()]


def is_expected(section: str, own: bool) -> bool:
    """Whether a student's object may have a section of this name."""
    return bool(SECTIONS.fullmatch(section) or own and OWN_SECTIONS.fullmatch(section))


def objects_below(objects: Path, place: str) -> list[Path]:
    """The object files of a folder's sources."""
    return sorted((objects / place).rglob("*.o"))


def sets_counters(path: Path, arch: str) -> bool:
    """Whether an object has an instruction that can set the processor's counters."""
    if arch not in COUNTERS:
        return False
    command = [tool(arch, "objdump"), "--disassemble", "--no-show-raw-insn", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return re.search(COUNTERS[arch], done.stdout) is not None


def own_files() -> list[str]:
    """The sources in the folder for a student's own files."""
    files = (PROJECT / OWN).rglob("*.[cS]")
    return sorted(str(path.relative_to(PROJECT)) for path in files)


def complaints(objects: Path, sources: Iterable[str], arch: str) -> Iterator[str]:
    """What is wrong with the objects of these sources, as far as they were built."""
    built = {name: objects / f"{name}.o" for name in sources if (objects / f"{name}.o").is_file()}
    theirs = {
        name for path in built.values() for name in symbols(path, defined=True, weak=False)
    }
    owners = {
        name: place
        for place in KEPT_APART
        for path in objects_below(objects, place)
        for name in symbols(path, defined=True) - theirs - MEASURES
    }
    for source, path in built.items():
        if not source.startswith(MACHINE) and sets_counters(path, arch):
            yield f"{source} writes a register through which the processor's counters can be set"
        for section in section_names(path):
            if not is_expected(section, source.startswith(OWN)):
                yield (
                    f"{source} puts something into the section {section!r}; a solution has code, "
                    "constants and variables only"
                )
        for name in sorted(symbols(path, defined=False)):
            if name in owners:
                yield (
                    f"{source} uses {name}, which belongs to {owners[name]}; a solution works "
                    "with what its contract gives it"
                )
            elif re.fullmatch(r"\w+_table_(start|end)", name):
                yield f"{source} uses {name}, the kernel's table of registered parts"


def check_objects(objects: Path, sources: Iterable[str], arch: str) -> None:
    """Raises Refused when a student's object holds or uses what it may not."""
    found = list(complaints(objects, sources, arch))
    if found:
        raise Refused("\n".join(["this kernel is not graded:", *(f"  {text}" for text in found)]))
