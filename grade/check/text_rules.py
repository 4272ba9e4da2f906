"""Rules for every text file: line ends, blanks, length, marks, and what may lie at the top."""

from __future__ import annotations

import re
from collections.abc import Iterator

from check.tree import Complaint, SourceFile, Tree

TOP_LEVEL = {"Makefile", "labs", "kernel", "user", "drivers", "grade", "docs", "Doxyfile",
             "README.md", "LICENSE"}
LINES_MAX = 400
CODE = {".c", ".h", ".S", ".py", ".mk", ".sh", ".awk", ".ld"}
COLUMNS_MAX = 100

# Spelled in parts, so that this file does not break its own rule.
MARKS = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")


def check_top_level(tree: Tree) -> Iterator[Complaint]:
    """The top level holds what the design names and dot-files, nothing else."""
    for name in sorted({file.path.parts[0] for file in tree.files}):
        if name not in TOP_LEVEL and not name.startswith("."):
            yield Complaint(name, 0, "does not belong at the top level")


def _is_make(file: SourceFile) -> bool:
    return file.path.suffix == ".mk" or file.path.name == "Makefile"


def check_text(tree: Tree) -> Iterator[Complaint]:
    """LF ends every line, no blanks before it, no tabs but in makefiles, UTF-8."""
    for file in tree.files:
        if file.is_binary or not file.data:
            continue
        try:
            file.data.decode()
        except UnicodeDecodeError:
            yield file.complain(0, "is not UTF-8")
        if not file.data.endswith(b"\n"):
            yield file.complain(len(file.lines), "the last line has no newline")
        elif file.data.endswith(b"\n\n"):
            yield file.complain(len(file.lines) - 1, "blank line at the end of the file")
        for number, line in enumerate(file.lines, 1):
            if line.endswith("\r"):
                yield file.complain(number, "ends in CR LF; use LF")
            elif line != line.rstrip():
                yield file.complain(number, "blanks at the end of the line")
            if "\t" in line and not _is_make(file):
                yield file.complain(number, "tab; use spaces")


def check_length(tree: Tree) -> Iterator[Complaint]:
    """A file is one idea, and a line fits the screen."""
    for file in tree.files:
        if file.path.suffix not in CODE:
            continue
        count = len(file.lines) - 1
        if count > LINES_MAX:
            yield file.complain(0, f"has {count} lines; a file has at most {LINES_MAX}")
        if file.path.suffix in {".c", ".h", ".S"}:
            for number, line in enumerate(file.lines, 1):
                if len(line) > COLUMNS_MAX:
                    yield file.complain(number, f"has {len(line)} columns; use {COLUMNS_MAX}")


def check_marks(tree: Tree) -> Iterator[Complaint]:
    """Nothing is left to be done later."""
    for file in tree.files:
        if file.is_binary:
            continue
        for number, line in enumerate(file.lines, 1):
            found = MARKS.search(line)
            if found:
                yield file.complain(number, f"mark of unfinished work: {found.group()}")


def check_opening(tree: Tree) -> Iterator[Complaint]:
    """Every source begins by saying what it is."""
    for file in tree.with_suffix(".c", ".h", ".S", ".ld", ".def", ".py", ".mk", ".sh"):
        first = next((line for line in file.lines if line and not line.startswith("#!")), "")
        if first and not first.startswith(("/*", "//", "#", '"""')):
            yield file.complain(1, "begins without a comment that says what the file is")


RULES = [check_top_level, check_text, check_length, check_marks, check_opening]
