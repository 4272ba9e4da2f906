"""The tree of a lab, as a student receives it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cairn_labs.answers import answer_file, blank_answers
from cairn_labs.course.front import STAGE_FILE, readme_front, stage_file
from cairn_labs.course.quotes import expand_quotes
from cairn_labs.course.sources import Course
from cairn_labs.errors import SourceError
from cairn_labs.manifest import MANIFEST, write_manifest
from cairn_labs.road.work import OWN_FOLDERS

# What lies below this folder stands at the top of a student's tree.
STUDENT = "labs/student/"

HANDOUT = "handout"
START = "start"
SOLUTION = "solution"
KINDS = (HANDOUT, START, SOLUTION)


@dataclass(frozen=True)
class File:
    """A file of a tree."""

    data: bytes
    executable: bool = False


Tree = dict[str, File]


def unsolved(course: Course, lab: int, kind: str) -> frozenset[str]:
    """The exercises that a tree holds as stubs."""
    if kind not in KINDS:
        raise SourceError("KIND", 0, f"{kind!r} is not one of {', '.join(KINDS)}")
    first = {HANDOUT: 1, START: lab, SOLUTION: lab + 1}[kind]
    return frozenset(number for number, (owner, _) in course.exercises.items()
                     if first <= owner.number <= lab)


def make_stage(course: Course, lab: int, kind: str, more_stubs: Iterable[str] = ()) -> Tree:
    """A lab's tree, by file names; `more_stubs` are exercises that its kind would have solved."""
    wrong = [number for number in more_stubs if number not in course.exercises
             or course.exercises[number][0].number > lab]
    if wrong:
        raise SourceError("STUB", 0, f"lab {lab}'s tree has no exercise {wrong[0]}")
    stubs = unsolved(course, lab, kind).union(more_stubs)
    front = readme_front(course, course.lab(lab))
    tree: Tree = {}
    for name in course.names:
        if not course.is_in(name, lab):
            continue
        path = course.project / name
        if path.is_symlink():
            raise SourceError(name, 0, "is a symbolic link, which no tree of the course holds")
        source = course.sources.get(name)
        if source is None:
            data = path.read_bytes()
        else:
            data = source.staged(lab, stubs, front).encode()
        if name.endswith(".md"):
            data = expand_quotes(course.project, name, data.decode()).encode()
        tree[name.removeprefix(STUDENT)] = File(data, os.access(path, os.X_OK))
    for entry in course.labs:
        if entry.number <= lab and entry.questions:
            tree[answer_file(entry)] = File(blank_answers(entry).encode())
    tree[STAGE_FILE] = File(stage_file(course.lab(lab)).encode())
    given = {name: file.data for name, file in tree.items()
             if name not in course.exercise_files and not name.startswith(OWN_FOLDERS)}
    tree[MANIFEST] = File(write_manifest(given).encode())
    return tree


def write_tree(tree: Tree, out: Path) -> None:
    """Writes a tree into a folder that is new or empty."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SourceError(str(out), 0, "is there already and not an empty folder")
    for name, file in sorted(tree.items()):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        path.chmod(0o755 if file.executable else 0o644)
