"""All sources of the course, and which lab each of them belongs to."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from cairn_labs.course.code import defined_names
from cairn_labs.description import Exercise, Lab, line_of, read_labs
from cairn_labs.errors import SourceError
from cairn_labs.markers import Source
from cairn_labs.tree import read_source, tracked_files

# What only the instructor has, in each lab's folder.
ALWAYS_KEPT = ("labs/*/mutants/*", "labs/*/alternatives/*", "labs/[0-9]*/answers*")
PYTHON = re.compile(r"^\s*(?:def|class) (\w+)", re.MULTILINE)


class Course:
    """The project, read for staging. Raises SourceError for sources that can't be understood."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.labs = read_labs(project)
        self.names = tracked_files(project)
        self.sources: dict[str, Source] = {}
        for name in self.names:
            source = read_source(project, name)
            if source is not None and (source.regions or source.lone):
                self.sources[name] = source

    @cached_property
    def exercises(self) -> dict[str, tuple[Lab, Exercise]]:
        """Every exercise with its lab, by number."""
        return {exercise.id: (lab, exercise) for lab in self.labs for exercise in lab.exercises}

    @cached_property
    def exercise_files(self) -> frozenset[str]:
        """The files that students write."""
        return frozenset(name for _, exercise in self.exercises.values()
                         for name in exercise.all_files)

    @cached_property
    def given_names(self) -> frozenset[str]:
        """The names that given code defines: a solution may use the same for its own."""
        names: set[str] = set()
        for name in self.names:
            source = self.sources.get(name)
            if self.is_kept(name) or (source is not None and source.exercises):
                continue
            if name.endswith((".c", ".h", ".S")):
                names |= defined_names((self.project / name).read_text(encoding="utf-8"))
            elif name.endswith(".py"):
                names.update(PYTHON.findall((self.project / name).read_text(encoding="utf-8")))
        return frozenset(names)

    def lab(self, number: int) -> Lab:
        """A lab by its number."""
        found = next((lab for lab in self.labs if lab.number == number), None)
        if found is None:
            numbers = ", ".join(str(lab.number) for lab in self.labs)
            raise SourceError("labs", 0, f"there is no lab {number}; there are: {numbers}")
        return found

    def claims(self, name: str) -> list[Lab]:
        """The labs that a file belongs to: those that name it, else those whose globs it fits."""
        exact = [lab for lab in self.labs if lab.names(name)]
        return exact or [lab for lab in self.labs if lab.adds(name)]

    def owner(self, name: str) -> Lab:
        """The one lab that brings a file."""
        claims = self.claims(name)
        if not claims:
            raise SourceError(name, 0, "is in no lab: no lab.toml has a glob that it fits")
        if len(claims) > 1:
            said = " and ".join(self.place_of_claim(lab, name) for lab in claims)
            raise SourceError(name, 0, f"is in {len(claims)} labs: {said}")
        return claims[0]

    def place_of_claim(self, lab: Lab, name: str) -> str:
        """Where a lab.toml claims a file."""
        glob = next(glob for glob in lab.files if glob == name or fnmatchcase(name, glob))
        return f"{lab.source}:{self.line_in(lab, quoted(glob))} ({glob})"

    def line_in(self, lab: Lab, word: str) -> int:
        """The line of a lab.toml that holds a word."""
        return line_of((self.project / lab.source).read_text(encoding="utf-8"), word)

    def is_kept(self, name: str) -> bool:
        """Whether a file is for the instructor alone."""
        return any(fnmatchcase(name, glob) for glob in ALWAYS_KEPT) or \
            any(lab.keeps(name) for lab in self.labs)

    def goes_at(self, name: str) -> int | None:
        """The lab that replaces a file by something else."""
        return next((lab.until[name] for lab in self.labs if name in lab.until), None)

    def is_in(self, name: str, lab: int) -> bool:
        """Whether a lab's tree has a file."""
        if self.is_kept(name) or self.owner(name).number > lab:
            return False
        goes = self.goes_at(name)
        return goes is None or lab < goes


def quoted(text: str) -> str:
    """A string as it stands in a lab.toml."""
    return f'"{text}"'
