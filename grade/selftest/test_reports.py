"""The reports: what they hold, and that they are what the schema and the formats say."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema  # type: ignore[import]
import pytest

from cairn.architectures import PROJECT
from cairn.outputs import SCHEMA, check_report, report_facts
from cairn.report import verdict
from cairn.results import ExerciseResult, Results, TestResult, gather

from cairn_labs.description import Exercise, Lab
from cairn_labs.grader import grader_path

HOSTILE = Path(__file__).resolve().parent / "hostile"


def grade_command(arch: str, *words: str) -> list[str]:
    """The grader on the hostile tests alone."""
    extra = ["--extra", str(HOSTILE), "--seed", "11"]
    return [sys.executable, "-m", "cairn", "grade", "--arch", arch, "--lab", "1", *extra, *words]


@pytest.fixture(scope="module")
def graded(arch: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One grading run that fails in many ways, with all its reports."""
    folder = tmp_path_factory.mktemp("reports")
    files = {name: folder / name for name in ("json", "junit", "gradescope")}
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    done = subprocess.run(
        grade_command(arch, "--test", "test_marks", *options),
        env={**os.environ, "PYTHONPATH": grader_path(PROJECT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return {
        "done": done,
        "report": json.loads(files["json"].read_text()),
        "junit": ElementTree.parse(files["junit"]),
        "gradescope": json.loads(files["gradescope"].read_text()),
    }


def test_each_test_earns_its_mark_and_message(graded: dict[str, Any]) -> None:
    assert graded["done"].returncode == 1, graded["done"].stderr
    tests = {test["id"].split("::")[1]: test for test in graded["report"]["extra_tests"]}
    assert {name for name, test in tests.items() if test["passed"]} == {
        "test_marks_sound",
        "test_marks_negative",
        "test_marks_skipped",
        "test_marks_skipped_without_a_word",
    }
    assert {name: test["skipped"] for name, test in tests.items() if test["skipped"]} == {
        "test_marks_skipped": "this machine has no second way",
        "test_marks_skipped_without_a_word": "no reason is given",
    }
    assert "skipped test_marks_skipped: this machine has no second way" in graded["done"].stdout
    assert tests["test_marks_sound"]["guest_instructions"] > 5000
    assert tests["test_marks_negative"]["negative"]
    assert "used up 10 ms" in tests["test_marks_hang"]["message"]
    assert "The grader's port carried" in tests["test_marks_garbage"]["message"]
    assert "a test that is itself broken" in tests["test_marks_broken_test"]["message"]
    rerun = "make grade LAB=1"
    assert rerun in tests["test_marks_hang"]["message"]
    assert "SEED=11" in tests["test_marks_hang"]["message"]


def test_no_report_carries_control_characters(graded: dict[str, Any]) -> None:
    for test in graded["report"]["extra_tests"]:
        assert all(c == "\n" or c.isprintable() for c in test["message"])
    assert "\x1b" not in graded["done"].stdout


def test_the_report_is_what_the_schema_says(graded: dict[str, Any]) -> None:
    check_report(graded["report"])
    for key in ("lab", "arch", "seed", "points", "max_points", "qemu", "compiler", "image_hash"):
        assert graded["report"][key] not in (None, ""), key


def test_the_schema_refuses_what_is_no_report(graded: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(SCHEMA.read_text()))
    for key in graded["report"]:
        broken = copy.deepcopy(graded["report"])
        del broken[key]
        with pytest.raises(jsonschema.ValidationError):
            check_report(broken)
    broken = copy.deepcopy(graded["report"])
    broken["extra_tests"][0]["passed"] = "yes"
    with pytest.raises(jsonschema.ValidationError):
        check_report(broken)


def test_junit_tells_the_same(graded: dict[str, Any]) -> None:
    cases = graded["junit"].getroot().findall(".//testcase")
    failed = {case.get("name") for case in cases if case.find("failure") is not None}
    tests = graded["report"]["extra_tests"]
    assert failed == {test["id"].split("::")[1] for test in tests if not test["passed"]}
    skipped = {case.get("name") for case in cases if case.find("skipped") is not None}
    assert skipped == {"test_marks_skipped", "test_marks_skipped_without_a_word"}


def test_a_name_that_no_test_has_is_refused(arch: str) -> None:
    done = subprocess.run(
        grade_command(arch, "--test", "no_test_is_called_so"),
        env={**os.environ, "PYTHONPATH": grader_path(PROJECT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert "no test is called 'no_test_is_called_so' in lab 1; LAB=number or LAB=all" in done.stderr


# --- the rules of the marks, on the host alone --------------------------------------------------

TESTS = {"test_a.py::test_good": 6, "test_a.py::test_rejects": 4}
EXERCISE = Exercise("1.1", "Two", 1, (), {}, TESTS)
LAB = Lab(1, "01-boot", "Boot", (), (EXERCISE,))


def marks(good: bool, rejects: bool) -> Results:
    """The marks of a lab of one exercise with a positive and a negative test."""
    found = {
        "test_a.py::test_good": TestResult("test_a.py::test_good", 0, passed=good, ran=True),
        "test_a.py::test_rejects": TestResult(
            "test_a.py::test_rejects", 0, passed=rejects, negative=True, ran=True
        ),
    }
    chosen = {name: EXERCISE for name in EXERCISE.tests}
    return gather([LAB], chosen, found, [], has_extra=False)


@pytest.mark.parametrize(
    ("good", "rejects", "points"), [(True, True, 10), (True, False, 6), (False, True, 0)]
)
def test_negative_tests_earn_only_with_the_positive_ones(
    good: bool, rejects: bool, points: int
) -> None:
    results = marks(good, rejects)
    assert results.points == points
    assert results.max_points == 10
    assert results.full == (points == 10)


def test_a_negative_test_that_is_held_back_says_so() -> None:
    entry: ExerciseResult = marks(False, True).exercises[0]
    assert verdict(entry, entry.tests[1]).plain == "held back"


def test_a_test_that_did_not_run_is_the_graders_trouble() -> None:
    chosen = {name: EXERCISE for name in EXERCISE.tests}
    results = gather([LAB], chosen, {}, [], has_extra=False)
    assert results.points == 0
    assert len(results.problems) == 2
    assert not results.full


def test_a_skipped_test_may_carry_no_points() -> None:
    name = "test_a.py::test_good"
    found = {name: TestResult(name, 0, skipped="there is no such device", ran=True)}
    results = gather([LAB], {name: EXERCISE}, found, [], has_extra=False)
    assert results.points == 0
    assert results.exercises[0].tests[0].message == "skipped: there is no such device"
    assert results.problems == [f"{name} carries points and was skipped: there is no such device"]


def test_a_test_without_points_is_the_graders_trouble() -> None:
    found = {"test_a.py::test_new": TestResult("test_a.py::test_new", 0, ran=True)}
    results = gather([LAB], {}, found, [], has_extra=False)
    assert results.problems == ["test_a.py::test_new is in no lab.toml"]


def test_a_report_of_full_marks_is_valid(session: Any) -> None:
    report = report_facts(session, marks(True, True), "")
    check_report(report)
    assert report["points"] == report["max_points"] == 10
