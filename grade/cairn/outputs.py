"""The marks for machines: JSON (grade/schema/report.schema.json), JUnit XML, Gradescope."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema  # type: ignore[import]

from cairn.architectures import PROJECT
from cairn.build import compiler_version, course_revision, emulator_version
from cairn.protocol import printable
from cairn.results import ExerciseResult, Results, TestResult
from cairn.session import Session

SCHEMA = PROJECT / "grade" / "schema" / "report.schema.json"
VERSION = 1


def test_facts(exercise: ExerciseResult | None, test: TestResult) -> dict[str, Any]:
    """One test."""
    return {
        "id": test.id,
        "passed": test.passed,
        "negative": test.negative,
        "skipped": test.skipped,
        "points": exercise.earned(test) if exercise else 0,
        "max_points": test.points,
        "message": test.message,
        "guest_instructions": test.guest_instructions,
    }


def exercise_facts(entry: ExerciseResult) -> dict[str, Any]:
    """One exercise."""
    return {
        "id": entry.exercise.id,
        "title": entry.exercise.title,
        "points": entry.points,
        "max_points": entry.max_points,
        "tests": [test_facts(entry, test) for test in entry.tests],
    }


@dataclass(frozen=True)
class Submission:
    """What of a student's tree was graded."""

    hash: str = ""  # of the student's own files
    ignored: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()  # the course's, graded as the student changed them


def read_submission(path: Path | None) -> Submission:
    """What labs/cairn_labs/road noted; nothing for a tree that is no student's."""
    if path is None:
        return Submission()
    facts = json.loads(path.read_text())
    lists = (tuple(map(str, facts[name])) for name in ("ignored", "altered"))
    return Submission(str(facts["hash"]), *lists)


def report_facts(
    session: Session, results: Results, wanted: str, submission: Submission = Submission()
) -> dict[str, Any]:
    """Everything, as the schema describes it."""
    numbers = [lab.number for lab in results.labs]
    return {
        "version": VERSION,
        "lab": numbers[0] if len(numbers) == 1 else "all",
        "labs": numbers,
        "arch": session.arch,
        "sanitized": session.sanitized,
        "seed": session.seed,
        "selection": wanted,
        "points": results.points,
        "max_points": results.max_points,
        "full": results.full,
        "course_revision": course_revision(),
        "qemu": emulator_version(session.arch),
        "compiler": compiler_version(session.arch),
        "image_hash": session.image_hash,
        "submission_hash": submission.hash,
        "ignored_files": list(submission.ignored),
        "altered_files": list(submission.altered),
        "problems": [printable(problem) for problem in results.problems],
        "exercises": [exercise_facts(entry) for entry in results.exercises],
        "extra_tests": [test_facts(None, test) for test in results.extra],
    }


def check_report(report: dict[str, Any]) -> None:
    """Raises jsonschema.ValidationError when a report is not what the schema says."""
    jsonschema.validate(report, json.loads(SCHEMA.read_text()))


def write_json(path: Path, report: dict[str, Any]) -> None:
    """Writes the report, checked."""
    check_report(report)
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")


def write_junit(path: Path, report: dict[str, Any]) -> None:
    """Writes a JUnit file: a suite for each exercise."""
    root = ElementTree.Element("testsuites", name="cairn")
    groups = [(f"{e['id']} {e['title']}", e["tests"]) for e in report["exercises"]]
    if report["extra_tests"]:
        groups.append(("further tests", report["extra_tests"]))
    for name, tests in groups:
        failed = sum(not test["passed"] for test in tests)
        skipped = sum(bool(test["skipped"]) for test in tests)
        counts = {"name": name, "tests": str(len(tests)), "failures": str(failed), "errors": "0",
                  "skipped": str(skipped)}
        suite = ElementTree.SubElement(root, "testsuite", counts)
        for test in tests:
            file, _, function = test["id"].partition("::")
            case = ElementTree.SubElement(
                suite, "testcase", classname=f"{report['arch']}.{file}", name=function
            )
            properties = ElementTree.SubElement(case, "properties")
            for key in ("points", "max_points", "guest_instructions"):
                ElementTree.SubElement(properties, "property", name=key, value=str(test[key]))
            if not test["passed"]:
                first = test["message"].partition("\n")[0]
                failure = ElementTree.SubElement(case, "failure", message=first)
                failure.text = test["message"]
            elif test["skipped"]:
                ElementTree.SubElement(case, "skipped", message=test["skipped"])
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def write_gradescope(path: Path, report: dict[str, Any]) -> None:
    """Writes what Gradescope reads, by its "Autograder Specifications"."""
    tests = [
        {
            "name": f"{test['id'].partition('::')[2]} ({exercise['id']} {exercise['title']})",
            "number": exercise["id"],
            "score": test["points"],
            "max_score": test["max_points"],
            "status": "passed" if test["passed"] else "failed",
            "output": test["message"] or test["skipped"],
        }
        for exercise in report["exercises"]
        for test in exercise["tests"]
    ]
    marks = f"{report['points']} of {report['max_points']}"
    summary = f"{marks} on {report['arch']}, seed {report['seed']}"
    body = {"score": report["points"], "output": summary, "visibility": "visible", "tests": tests}
    path.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n")
