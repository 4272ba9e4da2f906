"""Running the tests of some labs, and the marks that come of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cairn_labs.description import Exercise, Lab

from cairn.architectures import PROJECT
from cairn.scheme import tests_of
from cairn.session import Session

GRADE = PROJECT / "grade"


@dataclass
class TestResult:
    """One test, with all its parameters together."""

    id: str
    points: int
    passed: bool = True
    negative: bool = False
    skipped: str = ""  # why this machine has nothing to test
    message: str = ""
    guest_instructions: int = 0
    ran: bool = False

    __test__ = False

    @property
    def verdict(self) -> str:
        """One word for people."""
        if not self.passed:
            return "failed"
        return "skipped" if self.skipped else "passed"


@dataclass
class ExerciseResult:
    """One exercise."""

    exercise: Exercise
    tests: list[TestResult]

    @property
    def positives_pass(self) -> bool:
        """Whether the negative tests may earn. Tests without points don't decide about others'."""
        return all(test.passed for test in self.tests if test.points and not test.negative)

    def earned(self, test: TestResult) -> int:
        """The points of one test."""
        earns = test.passed and (not test.negative or self.positives_pass)
        return test.points if earns else 0

    @property
    def points(self) -> int:
        """The points of the exercise."""
        return sum(self.earned(test) for test in self.tests)

    @property
    def max_points(self) -> int:
        """The points that the tests which ran could have earned."""
        return sum(test.points for test in self.tests)


@dataclass
class Results:
    """All marks of a session."""

    labs: list[Lab]
    exercises: list[ExerciseResult]
    extra: list[TestResult] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def points(self) -> int:
        """The sum."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def max_points(self) -> int:
        """What the tests that ran could have earned."""
        return sum(exercise.max_points for exercise in self.exercises)

    @property
    def full(self) -> bool:
        """Whether nothing is missing."""
        return (
            not self.problems
            and self.points == self.max_points
            and all(test.passed for test in self.extra)
            and all(test.passed for entry in self.exercises for test in entry.tests)
            and bool(self.exercises or self.extra)
        )


class Collector:
    """A plugin of the controller: gathers what cairn.plugin says of each test."""

    def __init__(self) -> None:
        self.tests: dict[str, TestResult] = {}
        self.problems: list[str] = []

    @pytest.hookimpl(trylast=True)  # type: ignore[misc]
    def pytest_configure(self, config: pytest.Config) -> None:
        """Silences pytest's own report: the marks are told in cairn.report's table."""
        reporter = config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            config.pluginmanager.unregister(reporter)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A test file that can't be read is the course's fault."""
        if report.failed:
            self.problems.append(f"{report.nodeid}: {report.longreprtext}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Adds one phase of one test."""
        facts = dict(report.user_properties).get("cairn")
        if not isinstance(facts, dict):
            self.problems.append(f"{report.nodeid}: {report.longreprtext}")
            return
        test = self.tests.setdefault(str(facts["test"]), TestResult(str(facts["test"]), 0))
        test.negative = bool(facts["negative"])
        if report.when == "call":
            test.ran = True
            test.guest_instructions += int(facts["guest_instructions"])
        if report.skipped:
            test.skipped = str(facts["message"])
        elif report.failed:
            # A parameter that fails first tells its message; the others would repeat it.
            test.message = test.message or str(facts["message"])
            test.passed = False
            if report.when != "call":
                self.problems.append(f"{report.nodeid}: {report.longreprtext[-2000:]}")


def selected(test: str, exercise: Exercise, wanted: str) -> bool:
    """Whether TEST= asks for a test: by a part of its name, or by the number of its exercise."""
    return wanted in ("", exercise.id) or wanted.partition("[")[0] in test


def pytest_arguments(session: Session, folders: Sequence[Path], jobs: int, rerun: str) -> list[str]:
    """The options of a grading run; no setting from outside has a say."""
    arguments = [
        *("-c", str(GRADE / "pytest.ini"), "--rootdir", str(GRADE)),
        *("-p", "cairn.plugin", "-p", "no:cacheprovider", "--noconftest"),
        *("--cairn-session", str(session.folder), "--cairn-rerun", rerun),
        *("--basetemp", str(session.folder / "tests")),
    ]
    if jobs > 1:
        arguments += ["-p", "xdist.plugin", "-n", str(jobs)]
    return arguments + [str(folder) for folder in folders]


def run_tests(
    session: Session,
    labs: Sequence[Lab],
    *,
    extra: Path | None = None,
    wanted: str = "",
    jobs: int = 1,
    rerun: str = "",
    first_failure: bool = False,
) -> Results:
    """Runs the labs' tests, and an instructor's further ones, and gives the marks.

    With `first_failure` no test runs after one that failed, and those have no part in the marks.
    """
    chosen = {
        test: exercise
        for lab in labs
        for exercise in lab.exercises
        for test in exercise.tests
        if selected(test, exercise, wanted)
    }
    folders = [tests_of(lab) for lab in labs]
    if extra is not None and (extra / "tests").is_dir():
        folders.append(extra / "tests")
    missing = [str(folder) for folder in folders if not folder.is_dir()]
    if missing:
        return Results(list(labs), [], problems=[f"there is no folder {name}" for name in missing])

    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    collector = Collector()
    session.choose(wanted.partition("[")[0], list(chosen))
    workers = min(jobs, max(len(chosen), 1)) if wanted else jobs
    arguments = pytest_arguments(session, folders, workers, rerun)
    status = pytest.main([*arguments, *(["-x"] if first_failure else [])], [collector])
    problems = list(collector.problems)
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if status in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        problems.append(f"pytest ended with status {int(status)}")
    if first_failure and any(not test.passed for test in collector.tests.values()):
        chosen = {name: entry for name, entry in chosen.items() if name in collector.tests}
    return gather(labs, chosen, collector.tests, problems, extra is not None)


def gather(
    labs: Sequence[Lab],
    chosen: dict[str, Exercise],
    found: dict[str, TestResult],
    problems: list[str],
    has_extra: bool,
) -> Results:
    """Puts the tests that ran into their exercises."""
    exercises = []
    for lab in labs:
        for exercise in lab.exercises:
            tests = []
            for name, points in exercise.tests.items():
                if name not in chosen:
                    continue
                test = found.pop(name, None) or TestResult(name, points, passed=False)
                if not test.ran and not test.message:
                    test.message = "this test did not run"
                    problems.append(f"{name} is in lab.toml and did not run")
                if test.skipped and points:
                    test.passed = False
                    test.message = test.message or f"skipped: {test.skipped}"
                    problems.append(f"{name} carries points and was skipped: {test.skipped}")
                test.passed = test.passed and test.ran
                test.points = points
                tests.append(test)
            if tests:
                exercises.append(ExerciseResult(exercise, tests))
    if found and not has_extra:
        problems += [f"{name} is in no lab.toml" for name in found]
    return Results(list(labs), exercises, list(found.values()), problems)


def say_problems(problems: Sequence[str]) -> None:
    """Tells what is wrong with the grader or the course, not with the kernel."""
    for problem in problems:
        print(f"grader: {problem}", file=sys.stderr)
