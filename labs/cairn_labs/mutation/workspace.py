"""A private copy of the project in which solutions are put in place and graded."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from cairn_labs.grader import grader_path
from cairn_labs.mutants import Mutant
from cairn_labs.proof.keys import digest, is_built, judges
from cairn_labs.proof.prover import versions
from cairn_labs.tree import PROJECT, read_source, stub_tree, tracked_files

# Against hangs of the grader only: a grading takes some ten seconds, the first build some more.
SECONDS = 600
# How the grader ends: see cairn.cli.
FULL, FAILED, TROUBLE, REFUSED = range(4)
SAID_MAX = 3000
PYTHONPATH = "PYTHONPATH"
PYCACHE = "PYTHONPYCACHEPREFIX"


def decides(name: str, lab: int) -> bool:
    """Whether a file of the project has a part in what comes of a trial for a lab."""
    folder = next((part for part in name.split("/") if part.startswith(f"lab{lab:02}_")), "")
    return (is_built(name) or judges(name, (folder,)) or fnmatchcase(name, "labs/*/lab.toml")
            or name.startswith("labs/cairn_labs/mutation/"))


@dataclass(frozen=True)
class Graded:
    """How a grading ended, what it printed, and its report when there is one."""

    status: int
    said: str
    report: dict[str, Any]

    def tests(self, number: str) -> list[dict[str, Any]]:
        """The tests of an exercise that ran."""
        return [test for exercise in self.report.get("exercises", []) if exercise["id"] == number
                for test in exercise["tests"]]


class Workspace:
    """The project in a folder of its own; changing a file builds that file alone again."""

    def __init__(self, folder: Path, arch: str, seed: int) -> None:
        self.folder = folder
        self.arch = arch
        self.seed = seed
        stub_tree(PROJECT, folder, ())
        self._tools = (*versions(arch), platform.python_version())
        self._names = tracked_files(PROJECT)
        self._references: dict[str, str] = {}
        for name in self._names:
            source = read_source(PROJECT, name)
            if source is not None and source.exercises:
                self._references[name] = source.render(())

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")

    def put(self, solution: Mutant) -> None:
        """Puts one solution in place, and the reference everywhere else.

        Raises SourceError when it does not fit the reference.
        """
        changed = solution.apply(self._references[solution.file])
        for name, text in self._references.items():
            self._write(name, changed if name == solution.file else text)

    def key(self, lab: int, exercise: str, first_failure: bool) -> str:
        """What the grading of what is in place is known by: all that decides it."""
        parts: list[str | bytes] = ["trial", self.arch, str(self.seed), *self._tools, str(lab),
                                    exercise, str(first_failure)]
        for name in sorted(self._names):
            if decides(name, lab):
                parts += [name, (self.folder / name).read_bytes()]
        return digest(parts)

    def grade(self, lab: int, exercise: str, first_failure: bool) -> Graded:
        """Builds what changed and runs the tests of one exercise, with the copy's own grader."""
        path = self.folder / "build" / "report.json"
        path.unlink(missing_ok=True)
        command = [sys.executable, "-m", "cairn", "grade", "--arch", self.arch, "--lab", str(lab),
                   "--seed", str(self.seed), "--jobs", "1", "--test", exercise,
                   "--json", str(path), *(["--first-failure"] if first_failure else [])]
        environment = {**os.environ, PYTHONPATH: grader_path(self.folder),
                       PYCACHE: str(self.folder / "build" / "pycache")}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True,
                              text=True, timeout=SECONDS, check=False)
        report = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return Graded(done.returncode, (done.stdout + done.stderr)[-SAID_MAX:], report)
