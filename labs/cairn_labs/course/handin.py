"""`make grade-handin`: what a student handed in, laid over a fresh tree of the lab and graded.

Only the student's own files are taken. `own/config.mk` is a makefile that the tree includes, so of
it nothing but the name of the machine is used.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cairn_labs.answers import answer_file, unanswered
from cairn_labs.course.archive import read_archive
from cairn_labs.course.checks import ARCHES
from cairn_labs.course.sources import Course
from cairn_labs.course.stage import HANDOUT, File, Tree, make_stage, write_tree
from cairn_labs.description import Lab
from cairn_labs.errors import SourceError
from cairn_labs.road.grade import run_grader
from cairn_labs.road.submission import Submission, hash_of
from cairn_labs.road.work import OWN_FOLDERS

FACTS = "handin.json"
CONFIG = "own/config.mk"
ARCH = re.compile(r"\s*ARCH\s*[?:]*=\s*([\w-]+)\s*(?:#.*)?")
NOTHING = re.compile(r"\s*(?:#.*)?")
# Names in a folder that make looks into, so that they are words to it and to its shell.
WORD = re.compile(r"[\w.+/-]+", re.ASCII)
FOLDERS = "build/handins"


@dataclass(frozen=True)
class Handin:
    """What a student handed in."""

    path: Path
    lab: Lab
    own: dict[str, bytes]
    ignored: tuple[str, ...]
    facts: dict[str, Any]  # what `make handin` noted, as far as it can be believed

    @property
    def hash(self) -> str:
        """What identifies the student's own files."""
        return hash_of(self.own)

    @property
    def arch(self) -> str:
        """The machine that the student chose; "" for none."""
        for line in self.own.get(CONFIG, b"").decode(errors="replace").splitlines():
            match = ARCH.fullmatch(line)
            if match and match[1] not in ARCHES:
                raise SourceError(f"{self.path}, {CONFIG}", 0, f"{match[1]!r} is no machine of the "
                                                               f"course: {', '.join(ARCHES)}")
            if match:
                return match[1]
        return ""


def read_facts(path: Path, data: bytes | None) -> dict[str, Any]:
    """What handin.json says; nothing when there is none."""
    if data is None:
        return {}
    try:
        facts = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SourceError(str(path), 0, f"its {FACTS} can't be read: {error}") from error
    if not isinstance(facts, dict):
        raise SourceError(str(path), 0, f"its {FACTS} is not what `make handin` writes")
    return facts


def is_own(course: Course, lab: Lab, name: str) -> bool:
    """Whether a file is the student's to write, in the tree of a lab."""
    if name.startswith("answers/"):
        return True
    owner = next((entry.number for entry, exercise in course.exercises.values()
                  if name in exercise.all_files), 0)
    return WORD.fullmatch(name) is not None and (
        0 < owner <= lab.number or name.startswith(OWN_FOLDERS))


def read_handin(course: Course, path: Path, wanted: int | None) -> Handin:
    """Reads an archive. Raises SourceError for one that `make handin` can't have made."""
    files = read_archive(path)
    facts = read_facts(path, files.pop(FACTS, None))
    number = facts.get("lab") if wanted is None else wanted
    if not isinstance(number, int) or isinstance(number, bool):
        raise SourceError(str(path), 0, f"its {FACTS} names no lab: say LAB=")
    lab = course.lab(number)
    own = {name: data for name, data in sorted(files.items()) if is_own(course, lab, name)}
    if not own:
        raise SourceError(str(path), 0, f"holds no file that is a student's in lab {number}")
    return Handin(path, lab, own, tuple(sorted(files.keys() - own.keys())), facts)


def tree_of(course: Course, handin: Handin, arch: str) -> Tree:
    """A fresh tree of the lab with the student's files in it."""
    tree = make_stage(course, handin.lab.number, HANDOUT)
    for name, data in handin.own.items():
        above = [name[:at] for at, letter in enumerate(name) if letter == "/"]
        clash = next((other for other in above if other in tree), None) or next(
            (other for other in tree if other.startswith(name + "/")), None)
        if clash:
            raise SourceError(str(handin.path), 0, f"{name} can't be where the course has {clash}")
        tree[name] = File(data)
    tree[CONFIG] = File(f"ARCH ?= {arch}\n".encode())
    return tree


def notes(handin: Handin) -> Iterator[str]:
    """What an instructor should know besides the marks."""
    if handin.facts and handin.facts.get("hash") != handin.hash:
        yield "Its files are not, or not all, those that `make handin` packed: the hash differs."
    adopted = handin.own.get("own/adopted", b"").decode(errors="replace").split()
    if adopted:
        yield f"The student took the course's solution of: {', '.join(adopted)[:200]!r}"
    config = handin.own.get(CONFIG, b"").decode(errors="replace").splitlines()
    if not all(ARCH.fullmatch(line) or NOTHING.fullmatch(line) for line in config):
        yield f"{CONFIG} holds more than the machine; nothing else of it is used."
    missing = [name for exercise in handin.lab.exercises for name in exercise.all_files
               if name not in handin.own]
    if missing:
        yield f"Not handed in, so still stubs: {', '.join(missing)}"
    if handin.lab.questions:
        name, all_of = answer_file(handin.lab), len(handin.lab.questions)
        text = handin.own.get(name, b"").decode(errors="replace")
        done = all_of - len(unanswered(handin.lab, text))
        yield f"Questions, to be marked by you: {done} of {all_of} are answered in {name}."


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Makes a folder empty, for one grading at a time."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / (folder.name + ".lock")).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        shutil.rmtree(folder, ignore_errors=True)
        yield


def grade_handin(course: Course, path: Path, lab: int | None, arch: str, rest: list[str]) -> int:
    """Grades a handin as the official mark; the grader's exit status."""
    handin = read_handin(course, path, lab)
    machine = arch or handin.arch or ARCHES[0]
    tree = tree_of(course, handin, machine)
    folder = course.project / FOLDERS / f"lab{handin.lab.number:02}-{handin.hash[:12]}"
    print(f"{path}: lab {handin.lab.number:02}, {machine}, {len(handin.own)} files, submission "
          f"{handin.hash[:12]}")
    for note in notes(handin):
        print(f"  {note}")
    print("", flush=True)
    with alone(folder):
        write_tree(tree, folder)
        words = ["--arch", machine, "--lab", str(handin.lab.number), *rest]
        status = run_grader(course.project, Submission(folder, handin.ignored, handin.hash), words,
                            folder / "build" / "marks.json")
    print(f"The tree: {folder.relative_to(course.project)}; make grade, replay and gdb work there.")
    return status
