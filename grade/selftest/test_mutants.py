"""`make mutants`: what it makes of gradings, and which solutions it tries."""

from __future__ import annotations

from pathlib import Path

import pytest
from cairn.architectures import PROJECT

from cairn_labs.description import read_labs
from cairn_labs.errors import SourceError
from cairn_labs.mutants import Mutant, read_mutant
from cairn_labs.mutation.choice import choose
from cairn_labs.mutation.report import write_page
from cairn_labs.mutation.trial import Result, Trial, Verdict, judge
from cairn_labs.mutation.workspace import FAILED, FULL, REFUSED, TROUBLE, Graded

MESSAGE = "asked:    send 0x55\nexpected: OK\ncame:     ERROR_TIMED_OUT"


def graded(status: int, message: str | None = None) -> Graded:
    """A grading of one test of exercise 1.2, which failed when there is a message."""
    test = {"id": "test_x.py::test_x", "passed": message is None, "message": message or ""}
    ran = status in (FULL, FAILED)
    report = {"exercises": [{"id": "1.2", "tests": [test]}]} if ran else {}
    return Graded(status, "cairn: it said this", report)


def trial(is_right: bool) -> Trial:
    return Trial(Mutant("1.2", "a title", "a.c"), 1, is_right)


@pytest.mark.parametrize(("status", "message", "of_wrong", "of_right"), [
    (FULL, None, Verdict.SURVIVED, Verdict.ACCEPTED),
    (FAILED, MESSAGE, Verdict.KILLED, Verdict.REJECTED),
    (FAILED, "no", Verdict.SILENT, Verdict.REJECTED),
    (REFUSED, None, Verdict.KILLED, Verdict.REJECTED),
    (TROUBLE, None, Verdict.BROKEN, Verdict.BROKEN),
    (-9, None, Verdict.BROKEN, Verdict.BROKEN),
])
def test_given_a_grading_then_its_verdict(status: int, message: str | None, of_wrong: Verdict,
                                          of_right: Verdict) -> None:
    assert judge(trial(False), graded(status, message)).verdict is of_wrong
    assert judge(trial(True), graded(status, message)).verdict is of_right


def test_given_full_marks_without_a_test_then_it_is_broken() -> None:
    assert judge(trial(True), Graded(FULL, "", {"exercises": []})).verdict is Verdict.BROKEN


def test_given_a_change_that_fits_nowhere_or_twice_then_an_error() -> None:
    mutant = Mutant("1.2", "a title", "a.c", (("x", "y"),))
    assert mutant.apply("axb") == "ayb"
    for text in ("ab", "axbx"):
        with pytest.raises(SourceError, match="a title"):
            mutant.apply(text)


def test_given_a_file_that_is_missing_then_an_error(tmp_path: Path) -> None:
    table = {"title": "a title", "file": "a.c", "source": "none.c"}
    with pytest.raises(SourceError, match="none.c"):
        read_mutant("1.2", table, tmp_path / "mutants.toml")


@pytest.mark.parametrize("arch", ["x86_64", "aarch64", "riscv64"])
def test_every_exercise_has_wrong_solutions_and_another_right_one(arch: str) -> None:
    some, everything = (choose(PROJECT, arch, "", "", full) for full in (False, True))
    assert set(some) < set(everything)
    for exercise in (e for lab in read_labs(PROJECT) for e in lab.exercises):
        mine = [each for each in everything if each.solution.exercise == exercise.id]
        assert sum(not each.is_right for each in mine) >= 4
        assert any(each.is_right for each in mine)
        assert any(each.solution.quick for each in mine), "a forgery is always tried"


def test_given_an_exercise_that_is_not_there_then_an_error() -> None:
    with pytest.raises(SourceError, match="EXERCISE=9.9"):
        choose(PROJECT, "x86_64", "", "9.9", True)


def test_given_results_then_the_page_tells_all_messages(tmp_path: Path) -> None:
    page = tmp_path / "mutants" / "x.md"
    write_page(page, "x", [Result(trial(False), Verdict.KILLED, "test_x", MESSAGE)])
    assert MESSAGE in page.read_text()
    assert "## Exercise 1.2" in page.read_text()
