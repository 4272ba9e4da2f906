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
from cairn_labs.mutation.trial import Result, Trial, Verdict, judge, run
from cairn_labs.mutation.workspace import (FAILED, FULL, REFUSED, TROUBLE, Graded, Workspace,
                                           decides)
from cairn_labs.proof.cache import Cache

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


class Bench(Workspace):
    """Stands for a workspace: gives one grading again and again, and counts."""

    def __init__(self, found: Graded, key: str = "a key") -> None:
        self.found, self._key, self.count = found, key, 0

    def put(self, solution: Mutant) -> None:
        """There are no files."""

    def key(self, lab: int, exercise: str, first_failure: bool) -> str:
        return f"{self._key}-{lab}-{exercise}-{first_failure}"

    def grade(self, lab: int, exercise: str, first_failure: bool) -> Graded:
        self.count += 1
        return self.found


@pytest.mark.parametrize(("found", "is_right", "is_kept"), [
    (graded(FAILED, MESSAGE), False, True), (graded(FULL), True, True),
    (graded(FULL), False, False), (graded(FAILED, MESSAGE), True, False),
    (graded(FAILED, "no"), False, False), (graded(TROUBLE), False, False),
])
def test_given_a_good_verdict_then_it_is_kept_and_no_other(tmp_path: Path, found: Graded,
                                                           is_right: bool, is_kept: bool) -> None:
    bench = Bench(found)
    first, second = (run(trial(is_right), bench, Cache(tmp_path)) for _ in range(2))
    assert (first.verdict, first.test, first.message) == \
        (second.verdict, second.test, second.message)
    assert (bench.count, first.is_kept, second.is_kept) == (1 if is_kept else 2, False, is_kept)
    assert not run(trial(is_right), Bench(found, "another key"), Cache(tmp_path)).is_kept
    assert not run(trial(is_right), bench, Cache(tmp_path, fresh=True)).is_kept


@pytest.mark.parametrize(("name", "lab", "matters"), [
    ("kernel/heap/heap.c", 1, True), ("Makefile", 1, True), ("kernel/kernel.mk", 1, True),
    ("grade/cairn/lab.py", 1, True), ("grade/labs/lab02_frames/test_2_1.py", 2, True),
    ("grade/labs/lab02_frames/test_2_1.py", 3, False),
    ("grade/labs/lab02_frames/model.py", 3, True),
    ("labs/02-frames/lab.toml", 3, True), ("labs/cairn_labs/mutation/trial.py", 1, True),
    ("labs/02-frames/mutants/2.1.toml", 2, False), ("docs/use.md", 1, False),
    ("grade/selftest/test_mutants.py", 1, False),
])
def test_what_decides_a_trial(name: str, lab: int, matters: bool) -> None:
    assert decides(name, lab) is matters
