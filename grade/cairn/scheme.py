"""The labs that this tree has, as labs/cairn_labs reads them, and where the tests of each are."""

from __future__ import annotations

from pathlib import Path

from cairn_labs.description import Lab, read_labs
from cairn_labs.errors import SourceError

from cairn.architectures import PROJECT

TESTS = PROJECT / "grade" / "labs"


class SchemeError(Exception):
    """A lab's description is wrong, or there is no such lab."""


def tests_of(lab: Lab) -> Path:
    """The folder of a lab's tests."""
    return TESTS / ("lab" + lab.name.replace("-", "_"))


def all_labs() -> list[Lab]:
    """Every lab of this tree, in order."""
    try:
        return read_labs(PROJECT)
    except SourceError as error:
        raise SchemeError(str(error)) from error


def choose_labs(wanted: str) -> list[Lab]:
    """The labs that LAB= names: a number, `all`, or nothing for the tree's last one."""
    labs = all_labs()
    if not labs:
        raise SchemeError("this tree has no labs")
    if wanted == "all":
        return labs
    if wanted == "":
        return labs[-1:]
    chosen = [lab for lab in labs if wanted.isdigit() and lab.number == int(wanted)]
    if not chosen:
        numbers = ", ".join(str(lab.number) for lab in labs)
        raise SchemeError(f"there is no lab {wanted!r} here; choose from: {numbers}, all")
    return chosen


def exercise_files() -> list[str]:
    """The files of every exercise in this tree, for every architecture."""
    return [name for lab in all_labs() for entry in lab.exercises for name in entry.all_files]
