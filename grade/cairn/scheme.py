"""What a lab is worth: its exercises and the points of their tests, from labs/NN-name/lab.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cairn.architectures import PROJECT

LABS = PROJECT / "labs"
TESTS = PROJECT / "grade" / "labs"
POINTS = 100


class SchemeError(Exception):
    """A lab's description is wrong, or there is no such lab."""


@dataclass(frozen=True)
class Exercise:
    """One exercise and its tests' points, by "file.py::name"."""

    id: str
    title: str
    tests: dict[str, int]
    files: tuple[str, ...] = ()  # of all architectures

    @property
    def max_points(self) -> int:
        """The points of the whole exercise."""
        return sum(self.tests.values())


@dataclass(frozen=True)
class LabScheme:
    """One lab."""

    number: int
    name: str  # "01-boot"
    title: str
    exercises: tuple[Exercise, ...]

    @property
    def folder(self) -> Path:
        """Where its tests are."""
        return TESTS / ("lab" + self.name.replace("-", "_"))

    def exercise_of(self, test: str) -> Exercise | None:
        """The exercise that a test belongs to."""
        return next((entry for entry in self.exercises if test in entry.tests), None)


def read_exercise(entry: dict[str, Any], source: Path) -> Exercise:
    """An exercise as the file describes it."""
    tests = entry.get("tests")
    if not isinstance(tests, dict) or not tests:
        raise SchemeError(f"{source}: exercise {entry.get('id')} has no tests")
    for test, points in tests.items():
        if not re.fullmatch(r"test_\w+\.py::test_\w+", test) or not isinstance(points, int):
            raise SchemeError(f'{source}: {test!r} is not "file.py::test_name" = points')
    files = entry.get("files", [])
    lists = files.values() if isinstance(files, dict) else [files]
    names = tuple(str(name) for names in lists for name in names)
    return Exercise(str(entry["id"]), str(entry["title"]), tests, names)


def read_lab(folder: Path) -> LabScheme:
    """A lab, from its folder below labs/."""
    source = folder / "lab.toml"
    try:
        facts = tomllib.loads(source.read_text())
        exercises = tuple(read_exercise(entry, source) for entry in facts["exercise"])
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise SchemeError(f"{source}: {error}") from error
    total = sum(entry.max_points for entry in exercises)
    if total != POINTS:
        raise SchemeError(f"{source}: the points sum to {total}, not {POINTS}")
    number = int(folder.name.partition("-")[0])
    return LabScheme(number, folder.name, str(facts["lab"]["title"]), exercises)


def all_labs() -> list[LabScheme]:
    """Every lab of this tree, in order."""
    folders = sorted(path.parent for path in LABS.glob("[0-9][0-9]-*/lab.toml"))
    return [read_lab(folder) for folder in folders]


def choose_labs(wanted: str) -> list[LabScheme]:
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
    return [name for lab in all_labs() for entry in lab.exercises for name in entry.files]
