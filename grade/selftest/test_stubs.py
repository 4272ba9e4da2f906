"""Each exercise of a lab can be a stub while the others keep their points."""

from __future__ import annotations

import os

import pytest
from cairn.architectures import PROJECT
from selftest.solution_copy import SolutionCopy

from cairn_labs.description import Lab, read_labs

pytestmark = pytest.mark.slow

ARCH = os.environ.get("CAIRN_ARCH", "x86_64")
LABS = read_labs(PROJECT)


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> SolutionCopy:
    return SolutionCopy(tmp_path_factory.mktemp("copy") / "cairn", ARCH)


def lab_of(number: str) -> Lab:
    """The lab that an exercise belongs to."""
    return next(lab for lab in LABS for exercise in lab.exercises if exercise.id == number)


@pytest.mark.parametrize("number", [e.id for lab in LABS for e in lab.exercises])
def test_a_stub_takes_its_own_points_only(copy: SolutionCopy, number: str) -> None:
    copy.stub([number])
    marks = copy.grade(lab_of(number).number)
    expected = {exercise: (0 if exercise == number else most, most)
                for exercise, (_, most) in marks.points.items()}
    assert marks.points == expected
    said = marks.messages(number)
    assert said and all(f"exercise {number} is not implemented" in text for text in said)


@pytest.mark.parametrize("lab", LABS, ids=[lab.name for lab in LABS])
def test_a_lab_of_stubs_boots_and_earns_nothing(copy: SolutionCopy, lab: Lab) -> None:
    copy.stub(exercise.id for exercise in lab.exercises)
    marks = copy.grade(lab.number)
    assert {points for points, _ in marks.points.values()} == {0}
    assert not [text for e in lab.exercises for text in marks.messages(e.id) if "panicked" in text]
