"""Reading labs/NN-name/lab.toml: what a lab adds to the tree, its exercises and questions."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from cairn_labs.errors import SourceError

HINTS = 3
POINTS = 100  # of a lab's exercises together
TEST = re.compile(r"test_\w+\.py::test_\w+")


@dataclass(frozen=True)
class Exercise:
    """One exercise of a lab."""

    id: str
    title: str
    hours: int
    hints: tuple[str, ...]
    files: dict[str, tuple[str, ...]]  # by architecture; "" for all of them
    tests: dict[str, int]  # points by "file.py::name"

    def files_for(self, arch: str) -> tuple[str, ...]:
        """The files that a student of this architecture writes."""
        return self.files.get("", ()) + self.files.get(arch, ())

    @property
    def all_files(self) -> tuple[str, ...]:
        """The files on all architectures, each once."""
        return tuple(dict.fromkeys(name for names in self.files.values() for name in names))

    @property
    def points(self) -> int:
        """What the whole exercise is worth."""
        return sum(self.tests.values())


@dataclass(frozen=True)
class Question:
    """One question of a lab's chapter, whose answer a person marks."""

    id: str  # "1.Q3"
    title: str
    points: int  # beside those of the exercises

    @property
    def number(self) -> int:
        """Its number in the chapter."""
        return int(self.id.partition("Q")[2])

    @property
    def heading(self) -> str:
        """What its headings say, in the chapter and in the answers."""
        return f"{self.number}. {self.title}"


@dataclass(frozen=True)
class Lab:
    """One lab."""

    number: int
    name: str
    title: str
    files: tuple[str, ...]  # globs; a star stands for slashes too
    exercises: tuple[Exercise, ...]
    instructor: tuple[str, ...] = ()  # globs of files that are never given out
    until: dict[str, int] = field(default_factory=dict)  # files that go when a later lab comes
    questions: tuple[Question, ...] = ()

    @property
    def source(self) -> str:
        """The file that describes the lab."""
        return f"labs/{self.name}/lab.toml"

    def names(self, name: str) -> bool:
        """Whether the lab names a file as it is, without a star."""
        return name in self.files

    def adds(self, name: str) -> bool:
        """Whether a file fits one of the lab's globs."""
        return any(fnmatchcase(name, glob) for glob in self.files)

    def keeps(self, name: str) -> bool:
        """Whether a file is for the instructor alone."""
        return any(fnmatchcase(name, glob) for glob in self.instructor)


def line_of(text: str, word: str) -> int:
    """The first line that holds a word, for messages; 0 when there is none."""
    return next((n for n, line in enumerate(text.splitlines(), 1) if word in line), 0)


class Reader:
    """Takes one lab.toml apart and says where it is wrong."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        try:
            self.text = path.read_text(encoding="utf-8")
            self.data = tomllib.loads(self.text)
        except OSError as error:
            raise SourceError(self.name, 0, str(error.strerror)) from error
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"at line (\d+)", str(error))
            raise SourceError(self.name, int(place[1]) if place else 0, str(error)) from error

    def fail(self, near: str, text: str) -> SourceError:
        return SourceError(self.name, line_of(self.text, near), text)

    def take(self, table: dict[str, Any], key: str, kind: type, near: str) -> Any:
        """The value of a key that must be there."""
        value = table.get(key)
        if not isinstance(value, kind):
            raise self.fail(near, f"{near} needs a {key} ({kind.__name__})")
        return value

    def strings(self, value: Any, near: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail(near, f"{near} should be a list of strings")
        return tuple(value)

    def numbers(self, value: Any, near: str) -> dict[str, int]:
        if not isinstance(value, dict) or not all(isinstance(n, int) for n in value.values()):
            raise self.fail(near, f"{near} should be a table of numbers")
        return dict(value)

    def files(self, value: Any, near: str) -> dict[str, tuple[str, ...]]:
        if isinstance(value, dict):
            return {arch: self.strings(names, near) for arch, names in value.items()}
        return {"": self.strings(value, near)}

    def exercise(self, table: dict[str, Any]) -> Exercise:
        number = self.take(table, "id", str, "[[exercise]]")
        tests = self.take(table, "tests", dict, f'id = "{number}"')
        if not tests:
            raise self.fail(f'id = "{number}"', f"exercise {number} has no tests")
        for test, points in tests.items():
            if not isinstance(points, int):
                raise self.fail(test, f"the points of {test} are not a number")
            if not TEST.fullmatch(test):
                raise self.fail(test, f"{test} is not file.py::test_name")
        near = f'id = "{number}"'
        hints = self.strings(table.get("hints"), near)
        if len(hints) != HINTS:
            raise self.fail(near, f"exercise {number} has {len(hints)} hints, not {HINTS}")
        return Exercise(number, self.take(table, "title", str, near),
                        self.take(table, "hours", int, near), hints,
                        self.files(table.get("files"), near), tests)

    def question(self, table: dict[str, Any]) -> Question:
        number = self.take(table, "id", str, "[[question]]")
        near = f'id = "{number}"'
        return Question(number, self.take(table, "title", str, near),
                        self.take(table, "points", int, near))

    def questions(self, lab: int) -> tuple[Question, ...]:
        questions = tuple(map(self.question, self.data.get("question", [])))
        for place, question in enumerate(questions, 1):
            if question.id != f"{lab}.Q{place}":
                raise self.fail(f'id = "{question.id}"', f"question {question.id} should be "
                                f"{lab}.Q{place}: questions are numbered in their order")
        return questions

    def lab(self) -> Lab:
        head = self.take(self.data, "lab", dict, "[lab]")
        tables = self.take(self.data, "exercise", list, "[[exercise]]")
        exercises = tuple(map(self.exercise, tables))
        numbers = [exercise.id for exercise in exercises]
        for name in numbers:
            if numbers.count(name) > 1:
                raise self.fail(f'id = "{name}"', f"exercise {name} is there twice")
        total = sum(exercise.points for exercise in exercises)
        if total != POINTS:
            raise self.fail("[lab]", f"the points sum to {total}, not {POINTS}")
        number = self.take(head, "number", int, "[lab]")
        return Lab(number, self.take(head, "name", str, "[lab]"),
                   self.take(head, "title", str, "[lab]"),
                   self.strings(head.get("files"), "[lab]"), exercises,
                   self.strings(head.get("instructor", []), "instructor"),
                   self.numbers(head.get("until", {}), "[lab.until]"), self.questions(number))


def read_lab(path: Path) -> Lab:
    """Reads one lab.toml; raises SourceError with the place of what is wrong."""
    return Reader(path).lab()


def read_labs(project: Path) -> list[Lab]:
    """All labs of a tree, by number."""
    paths = sorted(project.glob("labs/[0-9][0-9]-*/lab.toml"))
    labs = [read_lab(path) for path in paths]
    for path, lab in zip(paths, labs):
        if path.parent.name != lab.name or int(lab.name.partition("-")[0]) != lab.number:
            raise SourceError(str(path), 0, f"is lab {lab.number}, {lab.name}, by its own words")
    return labs
