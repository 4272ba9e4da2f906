"""Rules about who may include what, and where code may ask which machine it runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from check.tree import Complaint, SourceFile, Tree

ARCHES = ("x86_64", "aarch64", "riscv64")

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')
CONDITION = re.compile(r"^\s*#\s*(if|ifdef|ifndef|elif)\b(.*)")
ARCH_NAMES = re.compile(
    r"__x86_64|__amd64|__i386|__aarch64|__arm|__riscv|_M_X64|_M_ARM|\bARCH_(?!\w+_H\b)|CAIRN_ARCH",
    re.IGNORECASE)
ARCH_NAME_COMPARED = re.compile(
    r"\b(strcmp|strncmp|string_equal|memcmp)\s*\([^;]*\barch_name\b|\barch_name\s*\[\s*\w")

# Headers that user space may see include these and each other, nothing else.
ABI = "kernel/include/cairn"
ABI_STANDARD = {"stdint.h", "stddef.h", "stdbool.h"}

# Folders whose headers are all public.
PUBLIC_FOLDERS = ("lib", "arch", "sync", "include/cairn")
# Folders whose code works on the inside of all others: it drives their hardware, tries them, or
# watches over them.
INSIDERS = ("arch", "probe", "sanitizer")
# What a subsystem shows of itself to the monitor's commands.
REPORT = "report.h"
# What of a subsystem runs within its callers, for speed: its name with this, beside its hot.mk.
HOT = "_hot"


def includes(file: SourceFile) -> Iterator[tuple[int, bool, str]]:
    """Line, whether it is a standard header, and the name of each include."""
    for number, line in enumerate(file.lines, 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1) == "<", found.group(2)


def arch_folder(file: SourceFile) -> str | None:
    return next((arch for arch in ARCHES if file.within(f"kernel/arch/{arch}")), None)


def check_arch_conditions(tree: Tree) -> Iterator[Complaint]:
    """Generic code has no conditional on the architecture: an architecture overrides by place."""
    for file in tree.kernel_c():
        if arch_folder(file):
            continue
        for number, line in enumerate(file.lines, 1):
            condition = CONDITION.match(line)
            if condition and ARCH_NAMES.search(condition.group(2)):
                yield file.complain(
                    number, "conditional on the architecture outside kernel/arch/<arch>")
            if ARCH_NAME_COMPARED.search(line):
                yield file.complain(number, "decides by arch_name outside kernel/arch/<arch>")


def check_abi_headers(tree: Tree) -> Iterator[Complaint]:
    """What user space includes leads to nothing that is the kernel's own."""
    for file in tree.kernel_c():
        if not file.within(ABI):
            continue
        for number, standard, name in includes(file):
            inside = tree.find(f"{ABI}/{name}") or tree.find(f"kernel/include/{name}")
            if not inside and not (standard and name in ABI_STANDARD):
                yield file.complain(number, f"an ABI header includes {name}, which is private")


def find_header(tree: Tree, file: SourceFile, name: str) -> PurePosixPath | None:
    """Where the compiler finds a quoted include, relative to kernel/; None for machine headers."""
    beside = PurePosixPath(file.name).parent / name
    for place in (beside, PurePosixPath("kernel") / name, PurePosixPath("kernel/include") / name):
        if tree.find(str(place)):
            return place.relative_to("kernel") if place.parts[0] == "kernel" else None
    return None


def is_public(header: PurePosixPath, user: str) -> bool:
    """Whether code in folder user (relative to kernel/) may include the header."""
    folder = str(header.parent)
    if folder == user or folder in PUBLIC_FOLDERS:
        return True
    if header.stem in (folder, folder + HOT):
        return True
    subsystem = user.split("/")[0]
    return subsystem in INSIDERS or (subsystem == "monitor" and header.name == REPORT)


def check_private_headers(tree: Tree) -> Iterator[Complaint]:
    """A subsystem has one public header, perhaps a second one for speed; the others are its own."""
    for file in tree.kernel_c():
        user = str(PurePosixPath(file.name).parent.relative_to("kernel"))
        for number, standard, name in includes(file):
            if standard:
                continue
            if name.startswith("machine/"):
                if not file.within("kernel/arch") and file.path.suffix != ".ld":
                    yield file.complain(number, f"{name} is the architecture's; include arch/…")
                continue
            header = find_header(tree, file, name)
            if header is None:
                yield file.complain(number, f"includes {name}, which is not in the project")
            elif not is_public(header, user):
                yield file.complain(
                    number, f"includes {name}, which is private to kernel/{header.parent}")


RULES = [check_arch_conditions, check_abi_headers, check_private_headers]
