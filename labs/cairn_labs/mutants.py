"""Wrong solutions (labs/NN-name/mutants/*.toml), and other right ones (alternatives/*.toml there).

A mutant is a small change of the reference solution, or a file of its own beside the table; an
alternative is always a file.
"""

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
    changes: tuple[tuple[str, str], ...] = ()  # text, and what comes in its place
    source: Path | None = None  # a whole file instead
    arch: str = ""  # the only architecture that it is for
    quick: bool = False  # always tried, not only with FULL=1

    def fits(self, arch: str) -> bool:
        """Whether it is for an architecture."""
        return self.arch in ("", arch)

    def apply(self, text: str) -> str:
        """The solution made wrong; raises SourceError when the change does not fit it."""
        if self.source is not None:
            return self.source.read_text(encoding="utf-8")
        for old, new in self.changes:
            if text.count(old) != 1:
                raise SourceError(self.file, 0, f"mutant “{self.title}”: {text.count(old)} places "
                                                f"hold {old!r}, not one")
            text = text.replace(old, new)
        return text


def read_mutant(exercise: str, table: dict[str, Any], path: Path) -> Mutant:
    """A mutant as the file describes it."""
    try:
        source = path.parent / str(table["source"]) if "source" in table else None
        if source is not None and not source.is_file():
            raise SourceError(str(path), 0, f"there is no {table['source']} beside it")
        parts = [] if source else [table, *([table["also"]] if "also" in table else [])]
        return Mutant(exercise, str(table["title"]), str(table["file"]),
                      tuple((str(part["replace"]), str(part["by"])) for part in parts),
                      source, str(table.get("arch", "")), bool(table.get("quick", False)))
    except (KeyError, TypeError) as error:
        raise SourceError(str(path), 0, f"a mutant without {error}") from error


def read_tables(project: Path, folder: str, key: str) -> list[Mutant]:
    """What the tables in a folder of each lab list."""
    found = []
    for path in sorted(project.glob(f"labs/[0-9][0-9]-*/{folder}/*.toml")):
        try:
            facts = tomllib.loads(path.read_text(encoding="utf-8"))
            for table in facts[key]:
                exercise = str(table.get("exercise") or facts["exercise"])
                found.append(read_mutant(exercise, table, path))
        except (KeyError, tomllib.TOMLDecodeError) as error:
            raise SourceError(str(path), 0, str(error)) from error
    return found


def read_mutants(project: Path) -> list[Mutant]:
    """Every wrong solution of a tree, by exercise."""
    return read_tables(project, "mutants", "mutant")


def read_alternatives(project: Path) -> list[Mutant]:
    """Every other right solution of a tree."""
    return read_tables(project, "alternatives", "alternative")
