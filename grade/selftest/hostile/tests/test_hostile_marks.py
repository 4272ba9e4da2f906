"""Tests as a lab has them, on the hostile kernel; test_reports.py looks at the marks they earn."""

from __future__ import annotations

import pytest

from cairn.lab import Lab
from cairn.requests import request


def test_marks_sound(lab: Lab) -> None:
    assert lab.run([request("hostile.spin", 5000)]).replies[0].status == 0


def test_marks_wrong(lab: Lab) -> None:
    assert lab.run([request("hostile.spin")]).replies[0].status == 0


def test_marks_hang(lab: Lab) -> None:
    lab.run([request("hostile.hang", budget_ms=10)])


def test_marks_garbage(lab: Lab) -> None:
    lab.run([request("hostile.line_garbage")])


def test_marks_binary_message(lab: Lab) -> None:
    console = lab.run([request("hostile.console_garbage")]).console
    raise AssertionError(console)


def test_marks_broken_test(lab: Lab) -> None:
    raise KeyError("a test that is itself broken")


@pytest.mark.parametrize("way", [1, 2])
def test_marks_skipped(lab: Lab, way: int) -> None:
    lab.run([request("hostile.spin", 5000)])
    if way == 2:
        pytest.skip("this machine has no second way")


def test_marks_skipped_without_a_word(lab: Lab) -> None:
    pytest.skip()


@pytest.mark.negative
def test_marks_negative(lab: Lab) -> None:
    assert lab.run([request("no.such.probe")]).replies[0].status != 0


def test_endless(lab: Lab) -> None:
    """Not among the marks: it runs until somebody interrupts the grader."""
    lab.run([request("hostile.hang", budget_ms=500_000)])
