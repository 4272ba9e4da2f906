"""The architecture contract: what kernel/arch/*.h declares, every architecture supplies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from check.include_rules import ARCHES, arch_folder, includes
from check.tree import Complaint, SourceFile, Tree

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
# A prototype: its return type begins a line, its semicolon ends it.
PROTOTYPE = re.compile(
    r"^(?!typedef)[A-Za-z_][\w\s*]*?\b(\w+)\([^;{}]*\)\s*(?:__attribute__[^;]*)?;", re.MULTILINE)
VARIABLES = re.compile(r"^extern\s+([^;(]+);", re.MULTILINE)


def declared(header: SourceFile) -> Iterator[str]:
    """The functions and variables that a contract header declares."""
    text = COMMENT.sub("", header.text)
    for found in PROTOTYPE.finditer(text):
        yield found.group(1)
    for found in VARIABLES.finditer(text):
        for declarator in found.group(1).split(","):
            yield re.findall(r"\w+", re.sub(r"\[.*?\]", "", declarator))[-1]


def defines(file: SourceFile, name: str) -> bool:
    """Whether a source defines a function or variable: by body, initialiser, array or label."""
    text = COMMENT.sub("", file.text)
    if file.path.suffix == ".S":
        return re.search(rf"^\s*(?:{name}:|\w+\s*\(?{name}\b)", text, re.MULTILINE) is not None
    function = rf"\b{name}\([^;{{}}]*\)\s*(?:__attribute__\(.*\)\s*)?\{{"
    attribute = r"(?:__attribute__\(.*\)\s*)?"
    variable = rf"^(?!\s*extern)[\w\s*]*\b{name}(?:\[[^\]]*\])?\s*{attribute}(?:=|;)"
    return re.search(f"{function}|{variable}", text, re.MULTILINE) is not None


def check_contract_complete(tree: Tree) -> Iterator[Complaint]:
    """Every architecture defines everything that the contract headers declare."""
    headers = [file for file in tree.with_suffix(".h") if str(file.path.parent) == "kernel/arch"]
    generic = [file for file in tree.kernel_c() if arch_folder(file) is None]
    for header in headers:
        for arch in ARCHES:
            own = [file for file in tree.kernel_c() if file.within(f"kernel/arch/{arch}")]
            for number, _, name in includes(header):
                if name.startswith("machine/") and not any(f.name.endswith(name) for f in own):
                    yield header.complain(number, f"{arch} has no {name}")
            for name in sorted(set(declared(header))):
                if not any(defines(file, name) for file in own + generic if file is not header):
                    yield header.complain(0, f"{arch} does not define {name}")


RULES = [check_contract_complete]
