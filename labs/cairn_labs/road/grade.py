"""Grading a student's tree, and finding out whether a failure comes from an earlier lab."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from cairn_labs.grader import grader_path
from cairn_labs.road.submission import OWN, REFERENCE, Submission, assemble, reference_branch
from cairn_labs.road.work import Work

#: The grader's exit statuses that come with marks.
MARKED = (0, 1)


def run_grader(at: Path, submission: Submission, arguments: list[str], report: Path,
               quiet: bool = False) -> int:
    """Runs the grader on what was put together; its exit status.

    The names of reports in the arguments begin at the folder `at`.
    """
    facts = submission.folder / "build" / "submission.json"
    facts.parent.mkdir(exist_ok=True)
    facts.write_text(json.dumps({"hash": submission.hash, "ignored": submission.ignored,
                                 "altered": submission.altered}))
    environment = {**os.environ, "PYTHONPATH": grader_path(submission.folder)}
    command = [sys.executable, "-m", "cairn", "grade", *arguments, "--submission", str(facts)]
    if "--json" not in arguments or quiet:
        command += ["--json", str(report)]
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=at, env=environment, stdout=output, stderr=output,
                          check=False).returncode


def passed(report: dict[str, Any]) -> dict[str, bool]:
    """Every test of a report, and whether it passed."""
    return {test["id"]: test["passed"] for exercise in report["exercises"]
            for test in exercise["tests"]}


def blame(work: Work, lab: int, arguments: list[str], own: dict[str, Any]) -> list[str]:
    """The tests that fail only because of the student's earlier labs."""
    failed = [test for test, good in passed(own).items() if not good]
    if not failed or lab == 1 or own["labs"] != [lab] or not reference_branch(work, lab):
        return []
    report = work.folder / "build" / "on-reference.json"
    report.unlink(missing_ok=True)
    again = [*arguments, "--seed", str(own["seed"])]
    status = run_grader(work.folder, assemble(work, lab, REFERENCE), again, report, quiet=True)
    if status not in MARKED or not report.is_file():
        return []
    good = passed(json.loads(report.read_text()))
    return [test for test in failed if good.get(test)]


def grade(work: Work, lab: int, base: str, arguments: list[str]) -> int:
    """Grades, and says which failures come from earlier labs; the grader's exit status."""
    report = work.folder / "build" / "marks.json"
    if "--json" in arguments:
        report = work.folder / arguments[arguments.index("--json") + 1]
    report.unlink(missing_ok=True)
    status = run_grader(work.folder, assemble(work, lab, base), arguments, report)
    if base == OWN and status in MARKED and report.is_file():
        tests = blame(work, lab, arguments, json.loads(report.read_text()))
        if tests:
            print("\nThese failures come from your earlier labs: on the course's solutions of "
                  "those, the tests pass.")
            print("\n".join(f"  {test}" for test in tests))
            print("`make adopt EXERCISE=…` takes the course's solution of an old exercise, and "
                  f"`make grade LAB={lab} BASE=reference` grades this lab on all of them.")
    return status
