"""Two students who go from lab to lab by real git: a tidy one and a messy one.

The tidy one hands in the reference. After merging the next lab, their tree must be just that lab's
start, whose marks are proved elsewhere. The messy one writes other solutions, helpers, files and
includes of their own; what they have after merging is graded.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from cairn_labs.course.publish import publish
from cairn_labs.course.sources import Course
from cairn_labs.course.stage import HANDOUT, SOLUTION, START, File, Tree, make_stage
from cairn_labs.errors import SourceError
from cairn_labs.mutants import read_alternatives
from cairn_labs.proof.followers import copy_project
from cairn_labs.proof.judge import indented
from cairn_labs.proof.workbench import Processes, Wrong
from cairn_labs.road.submission import assemble
from cairn_labs.road.work import Work

NOTES = "NOTES.md"
#: So many lines of a conflict are shown.
CONFLICT = 15
#: Whoever runs this may have no name in git, or settings that get in the way.
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
       "GIT_AUTHOR_NAME": "Course", "GIT_AUTHOR_EMAIL": "course@example.org",
       "GIT_COMMITTER_NAME": "Course", "GIT_COMMITTER_EMAIL": "course@example.org"}


class School:
    """A course with two further labs, and the class's repository with its handouts."""

    def __init__(self, project: Path, folder: Path, processes: Processes) -> None:
        self.folder = folder
        self.processes = processes
        self.to = folder / "class.git"
        self._project = project

    def git(self, folder: Path, *words: str) -> str:
        """What git says in a folder. Raises Wrong when it fails."""
        status, said = self.processes.run(["git", *words], folder)
        if status != 0:
            raise Wrong(f"git {words[0]} fails:{indented(said)}", f"git {' '.join(words)}")
        return said

    def commit(self, folder: Path, message: str) -> None:
        """Commits everything."""
        self.git(folder, "add", "--all")
        self.git(folder, "commit", "--quiet", "--allow-empty", "--message", message)

    def release(self, last: int) -> None:
        """Publishes every lab up to the one after the last that is to be walked."""
        shutil.rmtree(self.folder, ignore_errors=True)
        source = self.folder / "cairn"
        source.mkdir(parents=True)
        copy_project(self._project, source)
        self.git(source, "init", "--quiet", "--initial-branch=main")
        self.commit(source, "The course")
        self.course = Course(source)
        for lab in self.course.labs:
            if lab.number <= last + 1:
                try:
                    publish(self.course, str(self.to), lab.number, HANDOUT)
                except SourceError as error:
                    raise Wrong(f"lab {lab.number:02} can't be released: {error}",
                                f"make release LAB={lab.number} TO=../class.git") from error


class Student:
    """A student's folder."""

    def __init__(self, school: School, folder: Path) -> None:
        self.school = school
        self.folder = folder

    def begin(self) -> None:
        """Clones the class's repository, once."""
        if not self.folder.exists():
            self.school.git(self.folder.parent, "clone", "--quiet", str(self.school.to),
                            self.folder.name)
            self.school.git(self.folder, "checkout", "--quiet", "-b", "mine")

    def write(self, name: str, text: str) -> None:
        """Writes a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def merge(self, lab: int) -> None:
        """`make merge`, as a student types it. Raises Wrong when it does not work."""
        command = [sys.executable, "-m", "cairn_labs.road", "merge", "--lab", str(lab)]
        status, said = self.school.processes.run(command, self.folder, PYTHONPATH="labs",
                                                 PYTHONDONTWRITEBYTECODE="1")
        if status != 0:
            raise Wrong(f"does not merge with lab {lab:02}:{indented(said)}"
                        f"{self.conflicts(lab)}", f"make merge LAB={lab}")

    def conflicts(self, lab: int) -> str:
        """The lines where git can't merge."""
        words = ["git", "merge-tree", "--write-tree", "HEAD", f"origin/lab/{lab:02}"]
        _, said = self.school.processes.run(words, self.folder)
        names = sorted({line.partition("\t")[2] for line in said.splitlines() if "\t" in line})
        tree = said.partition("\n")[0]
        found = []
        for name in names:
            _, text = self.school.processes.run(["git", "show", f"{tree}:{name}"], self.folder)
            first = text.find("\n<<<<<<<") + 1
            if first:
                end = text.find("\n>>>>>>>", first)
                line = text.count("\n", 0, first) + 1
                found.append(f"\n  {name}:{line}:{indented(text[first:end], CONFLICT)}")
        return "".join(found)

    def tree(self) -> Tree:
        """The committed files."""
        return {name: File((self.folder / name).read_bytes(), facts.startswith("100755"))
                for name, facts in Work(self.folder).tree("HEAD").items()}

    def need_equal(self, lab: int, kind: str) -> None:
        """Raises Wrong when the student's tree is not a lab's."""
        mine, wanted = self.tree(), make_stage(self.school.course, lab, kind)
        names = sorted(name for name in mine.keys() | wanted.keys()
                       if mine.get(name) != wanted.get(name))
        if names:
            text = indented("\n".join(names))
            raise Wrong(f"is not lab {lab:02}'s {kind} after merging; these differ:{text}",
                        f"git diff --stat origin/lab/{lab:02}")


def walk_tidily(student: Student, lab: int) -> None:
    """Solves a lab and merges the next one. Raises Wrong when that does not give its start."""
    student.begin()
    solution = make_stage(student.school.course, lab, SOLUTION)
    for name, owner in Work(student.folder).exercise_files.items():
        if owner == lab:
            (student.folder / name).write_bytes(solution[name].data)
    student.school.commit(student.folder, f"Lab {lab:02}")
    student.need_equal(lab, SOLUTION)
    student.merge(lab + 1)
    student.need_equal(lab + 1, START)


def messy_text(text: str, name: str, number: int) -> str:
    """A solution with helpers above and below, an extra include and a header of the student's."""
    if not name.endswith(".c") or not name.startswith("kernel/"):
        return text + "\n/* Mine. */\n"
    lines = text.splitlines(keepends=True)
    place = max((n for n, line in enumerate(lines, 1) if line.startswith("#include")), default=0)
    lines[place:place] = ['#include "lib/string.h"\n', '#include "own/mine.h"\n',
                          "\nstatic int helper_above(void);\n"]
    return "".join(lines) + (
        "\n/* Below. */\nstatic int helper_above(void)\n{\n    return MINE + mine_number();\n}\n"
        f"\nint mine_{number}(void)\n{{\n    return helper_above();\n}}\n")


def messy_solutions(course: Course, lab: int) -> dict[str, str]:
    """What the messy student makes of a lab: another right solution wherever there is one."""
    solution = make_stage(course, lab, SOLUTION)
    others = {other.file: other for other in reversed(read_alternatives(course.project))}
    texts = {}
    for name in sorted(course.exercise_files):
        if course.owner(name).number == lab:
            text = solution[name].data.decode()
            texts[name] = others[name].apply(text) if name in others else text
    return texts


def walk_messily(student: Student, lab: int) -> Tree:
    """Solves a lab in another way and merges the next one; what is graded then."""
    student.begin()
    course = student.school.course
    for number, (name, text) in enumerate(messy_solutions(course, lab).items(), lab * 100):
        student.write(name, messy_text(text, name, number))
        header = student.folder / "kernel/own/mine.h"
        before = header.read_text() if header.exists() else \
            "#pragma once\nenum { MINE = 1 };\nint mine_number(void);\n"
        header.write_text(before + f"int mine_{number}(void);\n")
    student.write("kernel/own/mine.c", '#include "own/mine.h"\n\nint mine_number(void)\n{\n'
                  "    return 2 * MINE;\n}\n")
    student.write(f"answers/{lab:02}.md", f"# Lab {lab:02}\n")
    student.write(NOTES, f"To do: sleep, after lab {lab}.\n")
    student.school.commit(student.folder, f"Lab {lab:02}, somehow")
    own = {name: file for name, file in student.tree().items() if Work(student.folder).is_own(name)}
    student.merge(lab + 1)
    merged = student.tree()
    lost = sorted(name for name, file in own.items() if merged.get(name) != file)
    if lost:
        raise Wrong("merging changed files of the student's own:" + indented("\n".join(lost)),
                    "git diff --stat HEAD~1")
    submission = assemble(Work(student.folder), lab + 1, "own")
    if submission.ignored != (NOTES,):
        raise Wrong(f"the grader ignores {', '.join(submission.ignored)}, not {NOTES} alone",
                    f"make grade LAB={lab}")
    return {str(path.relative_to(submission.folder)): File(
                path.read_bytes(), os.access(path, os.X_OK))
            for path in submission.folder.rglob("*") if path.is_file()}
