"""Wrong solutions, as small changes of the right ones: labs/NN-name/mutants/*.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cairn_labs.errors import SourceError


@dataclass(frozen=True)
class Mutant:
    """One wrong solution of one exercise."""

    exercise: str
    title: str
    file: str
    changes: tuple[tuple[str, str], ...]  # text, and what comes in its place

    def apply(self, text: str) -> str:
        """The solution made wrong; raises SourceError when the change does not fit it."""
        for old, new in self.changes:
            if text.count(old) != 1:
                raise SourceError(self.file, 0, f"mutant “{self.title}”: {text.count(old)} places "
                                                f"hold {old!r}, not one")
            text = text.replace(old, new)
        return text


def read_mutant(exercise: str, table: dict[str, Any], source: Path) -> Mutant:
    """A mutant as the file describes it."""
    try:
        changes = [table, *([table["also"]] if "also" in table else [])]
        return Mutant(exercise, str(table["title"]), str(table["file"]),
                      tuple((str(change["replace"]), str(change["by"])) for change in changes))
    except (KeyError, TypeError) as error:
        raise SourceError(str(source), 0, f"a mutant without {error}") from error


def read_mutants(project: Path) -> list[Mutant]:
    """Every mutant of a tree, by exercise."""
    mutants = []
    for path in sorted(project.glob("labs/[0-9][0-9]-*/mutants/*.toml")):
        try:
            facts = tomllib.loads(path.read_text(encoding="utf-8"))
            mutants += [read_mutant(str(facts["exercise"]), table, path)
                        for table in facts["mutant"]]
        except (KeyError, tomllib.TOMLDecodeError) as error:
            raise SourceError(str(path), 0, str(error)) from error
    return mutants
