"""Trying one solution, and what came of it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from enum import Enum

from cairn_labs.errors import SourceError
from cairn_labs.mutants import Mutant
from cairn_labs.mutation.workspace import FAILED, FULL, REFUSED, Graded, Workspace
from cairn_labs.proof.cache import Cache

# A message shorter than this tells a student nothing.
MESSAGE_LEAST = 20


class Verdict(Enum):
    """What became of a solution."""

    KILLED = "killed"  # a wrong solution was found out
    SURVIVED = "SURVIVED"  # a wrong solution got all points
    ACCEPTED = "accepted"  # a right solution got all points
    REJECTED = "REJECTED"  # a right solution lost points
    BROKEN = "BROKEN"  # it does not apply or build, or the grader had trouble
    SILENT = "SILENT"  # a wrong solution was found out, without a message that helps

    @property
    def is_good(self) -> bool:
        """Whether this is how it should be."""
        return self in (Verdict.KILLED, Verdict.ACCEPTED)


@dataclass(frozen=True)
class Trial:
    """One solution that is to be tried."""

    solution: Mutant
    lab: int
    is_right: bool


@dataclass(frozen=True)
class Result:
    """What came of a trial."""

    trial: Trial
    verdict: Verdict
    test: str = ""  # the first that failed
    message: str = ""
    is_kept: bool = False  # from an earlier run

    @property
    def headline(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


def judge(trial: Trial, graded: Graded) -> Result:
    """What a grading says about the solution."""
    tests = graded.tests(trial.solution.exercise)
    failed = next((test for test in tests if not test["passed"]), None)
    if graded.status == REFUSED:
        verdict = Verdict.REJECTED if trial.is_right else Verdict.KILLED
        return Result(trial, verdict, "before any test", graded.said.removeprefix("cairn: "))
    if graded.status == FULL and tests and failed is None:
        return Result(trial, Verdict.ACCEPTED if trial.is_right else Verdict.SURVIVED)
    if graded.status != FAILED or failed is None:
        return Result(trial, Verdict.BROKEN, message=graded.said)
    message = str(failed["message"])
    verdict = Verdict.REJECTED if trial.is_right else Verdict.KILLED
    if verdict is Verdict.KILLED and len(message) < MESSAGE_LEAST:
        verdict = Verdict.SILENT
    return Result(trial, verdict, str(failed["id"]), message)


def run(trial: Trial, workspace: Workspace, cache: Cache) -> Result:
    """Puts the solution in place and grades it: a wrong one up to its first failure.

    What was as it should be is kept, and not tried again while all that decides it is the same.
    """
    wanted = (trial.lab, trial.solution.exercise, not trial.is_right)
    try:
        workspace.put(trial.solution)
        key = workspace.key(*wanted)
        kept = cache.get(key)
        if kept is not None:
            return Result(trial, Verdict(kept["verdict"]), kept["test"], kept["message"], True)
        result = judge(trial, workspace.grade(*wanted))
    except (SourceError, subprocess.TimeoutExpired) as error:
        return Result(trial, Verdict.BROKEN, message=str(error))
    if result.verdict.is_good:
        cache.put(key, {"solution": trial.solution.title, "verdict": result.verdict.value,
                        "test": result.test, "message": result.message})
    return result
