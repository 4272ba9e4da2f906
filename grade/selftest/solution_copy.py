"""A copy of the project whose exercises can be stubs, built and graded there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cairn.architectures import PROJECT

from cairn_labs.grader import grader_path
from cairn_labs.markers import Source
from cairn_labs.tree import read_source, stub_tree, tracked_files

#: Against hangs of the grader only: a whole grading takes some ten seconds.
SECONDS = 300
SEED = "20260101"


@dataclass
class Marks:
    """What a grading came to."""

    report: dict[str, Any]

    def exercise(self, number: str) -> dict[str, Any]:
        """One exercise of the report."""
        found: dict[str, Any] = next(e for e in self.report["exercises"] if e["id"] == number)
        return found

    @property
    def points(self) -> dict[str, tuple[int, int]]:
        """Points and most points by exercise."""
        return {e["id"]: (e["points"], e["max_points"]) for e in self.report["exercises"]}

    def messages(self, number: str) -> list[str]:
        """Why the tests of an exercise failed."""
        return [t["message"] for t in self.exercise(number)["tests"] if not t["passed"]]


class SolutionCopy:
    """The whole project in a folder of its own; changing a file rebuilds that file alone."""

    def __init__(self, folder: Path, arch: str) -> None:
        self.folder = folder
        self.arch = arch
        stub_tree(PROJECT, folder, ())
        self._sources: dict[str, Source] = {}
        for name in tracked_files(PROJECT):
            source = read_source(PROJECT, name)
            if source is not None and source.exercises:
                self._sources[name] = source

    def _write(self, name: str, text: str) -> None:
        """Writes a file only when that changes it, so that make builds no more than needed."""
        path = self.folder / name
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")

    def stub(self, numbers: Iterable[str]) -> None:
        """Makes these exercises stubs and all others the reference."""
        wanted = frozenset(numbers)
        for name, source in self._sources.items():
            self._write(name, source.render(wanted))

    def grade(self, lab: int, test: str = "") -> Marks:
        """Grades a lab, or the tests of one exercise, with the copy's own grader."""
        report = self.folder / "build" / "report.json"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "cairn", "grade", "--arch", self.arch, "--lab", str(lab),
                   "--seed", SEED, "--jobs", "1", "--json", str(report)]
        environment = {**os.environ, "PYTHONPATH": grader_path(self.folder)}
        done = subprocess.run([*command, *(["--test", test] if test else [])],
                              cwd=self.folder, env=environment, capture_output=True, text=True,
                              timeout=SECONDS, check=False)
        said = done.stdout[-3000:] + done.stderr[-3000:]
        assert report.exists(), f"the grader gave no report (status {done.returncode}):\n{said}"
        assert done.returncode in (0, 1), f"the grader had trouble ({done.returncode}):\n{said}"
        return Marks(json.loads(report.read_text()))
