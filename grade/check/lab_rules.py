"""Rules about the labs' tables: labs/*/lab.toml lists each marked exercise, and no other."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from check.exercise_rules import regions_of
from check.tree import Complaint, SourceFile, Tree


def exercise_files(exercise: dict[str, Any]) -> list[str]:
    """The files of an exercise: one list, or one for each architecture."""
    files = exercise.get("files", [])
    if isinstance(files, dict):
        return sorted({name for names in files.values() for name in names})
    return list(files)


def marked_exercises(file: SourceFile) -> dict[str, tuple[int, str]]:
    """Line and title of each exercise that a file marks, by number."""
    return {region.number: (region.first, region.title)
            for region in regions_of(file)[0] if region.kind == "exercise"}


def check_lab_tables(tree: Tree) -> Iterator[Complaint]:
    """lab.toml and the markers agree on numbers, titles and files."""
    listed: set[tuple[str, str]] = set()
    tables = [file for file in tree.files if file.path.match("labs/*/lab.toml")]
    for table in tables:
        try:
            exercises = tomllib.loads(table.text).get("exercise", [])
        except tomllib.TOMLDecodeError as error:
            yield table.complain(0, f"is not TOML: {error}")
            continue
        for exercise in exercises:
            number, title = exercise.get("id", ""), exercise.get("title", "")
            for name in exercise_files(exercise):
                listed.add((name, number))
                file = tree.find(name)
                line, marked = marked_exercises(file).get(number, (0, "")) if file else (0, "")
                if not line:
                    yield table.complain(0, f"exercise {number} is not marked in {name}")
                elif marked != title:
                    yield Complaint(name, line, f'is "{marked}" here and "{title}" in lab.toml')
    for file in tree.files if tables else []:
        if file.is_binary:
            continue
        for number, (line, _) in marked_exercises(file).items():
            if (file.name, number) not in listed:
                yield file.complain(line, f"no lab.toml lists exercise {number} with this file")


RULES = [check_lab_tables]
