"""A lab's questions: lab.toml, chapter and answers agree, and students get headings for them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cairn.architectures import PROJECT
from selftest.synthetic_course import commit, git, make_course

from cairn_labs.answers import answer_file, blank_answers, unanswered
from cairn_labs.course.publish import correct, publish
from cairn_labs.course.questions import check_questions
from cairn_labs.course.sources import Course
from cairn_labs.course.stage import KINDS, make_stage
from cairn_labs.description import Lab, read_lab
from cairn_labs.errors import SourceError

FOLDER = "labs/01-boot/"
TOML, CHAPTER, ANSWERS = (FOLDER + name for name in ("lab.toml", "README.md", "answers.md"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course that has nothing but lab 01's texts."""
    shutil.copytree(PROJECT / "labs/01-boot", tmp_path / "labs/01-boot")
    git(tmp_path, "init", "--quiet")
    return tmp_path


@pytest.fixture
def lab() -> Lab:
    return read_lab(PROJECT / TOML)


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    """A change of one file."""
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return change


def line_of(name: str, word: str) -> str:
    """The place of a word in one of the project's files, as messages begin."""
    lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    return f"{name}:{next(number for number, line in enumerate(lines, 1) if word in line)}: "


def test_the_questions_agree(folder: Path) -> None:
    assert [str(error) for error in check_questions(Course(folder))] == []


Q3, A3 = "3. Rounding {#lab01-question-3}", "3. Rounding {#lab01-answer-3}"
WRONG: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "not asked": (replaced(CHAPTER, "### " + Q3, ""), line_of(TOML, '"1.Q3"'),
                  "README.md has no question 1.Q3"),
    "not answered": (replaced(ANSWERS, "## " + A3, ""), line_of(TOML, '"1.Q3"'),
                     "answers.md has no answer 1.Q3"),
    "asked besides": (
        replaced(CHAPTER, "### " + Q3, "### 9. More {#lab01-question-9}\n\nWhy?\n\n### " + Q3),
        line_of(CHAPTER, Q3), "“9. More” is no [[question]]"),
    "answered besides": (
        replaced(ANSWERS, "## " + A3, "## Notes {#lab01-notes}\n\nSo.\n\n## " + A3),
        line_of(ANSWERS, A3), "“Notes” is no [[question]]"),
    "asked twice": (replaced(CHAPTER, "## 4. Kinds and order", "## 3. Rounding"),
                    line_of(CHAPTER, "## 4. Kinds"), "or is here twice"),
    "other title": (replaced(TOML, '"Rounding"', '"Roundness"'), line_of(CHAPTER, Q3),
                    "is “3. Rounding” here and “3. Roundness” in labs/01-boot/lab.toml"),
    "no anchor": (replaced(CHAPTER, Q3, "3. Rounding"), line_of(CHAPTER, Q3),
                  "should have the anchor {#lab01-question-3}"),
    "no text": (replaced(ANSWERS, "## " + A3, "## " + A3 + "\n\n## 30. Thirty {#lab01-answer-30}"),
                line_of(ANSWERS, A3), "has no text: the answer of 1.Q3"),
    "another file": (replaced(CHAPTER, "`answers/01.md`", "`answers/lab01.md`"),
                     line_of(CHAPTER, "`answers/01.md`"),
                     "students have no answers/lab01.md: they answer in answers/01.md"),
    "no file": (replaced(CHAPTER, "`answers/01.md`", "a file"), CHAPTER + ": ",
                "does not say that students answer in answers/01.md"),
    "no chapter": (lambda folder: (folder / CHAPTER).unlink(), line_of(TOML, '"1.Q1"'),
                   "README.md has no question 1.Q1"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_difference_is_named_with_its_place(folder: Path, case: str) -> None:
    change, place, says = WRONG[case]
    change(folder)
    found = [str(error) for error in check_questions(Course(folder))]
    assert any(text.startswith(place) and says in text for text in found), found


@pytest.mark.parametrize("old, new, says", [
    ('"1.Q3"', '"1.Q4"', "question 1.Q4 should be 1.Q3"),
    ('"1.Q3"', '"2.Q3"', "question 2.Q3 should be 1.Q3"),
    ('title = "Rounding"\n', "", "needs a title"),
    ("points = 4", 'points = "four"', "needs a points"),
])
def test_a_bad_table_is_refused(folder: Path, old: str, new: str, says: str) -> None:
    replaced(TOML, old, new)(folder)
    with pytest.raises(SourceError, match=says):
        Course(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_a_tree_has_a_heading_for_each_question(kind: str, lab: Lab) -> None:
    text = make_stage(Course(PROJECT), 1, kind)["answers/01.md"].data.decode()
    assert answer_file(lab) == "answers/01.md" and text == blank_answers(lab)
    assert [q.number for q in unanswered(lab, text)] == list(range(1, len(lab.questions) + 1))


@pytest.mark.parametrize("written, open_ones", [
    ("Because.", {2, 4, 5, 6, 7, 8}),
    ("\n### Evidence\n\n1. peek said so.\n", {2, 4, 5, 6, 7, 8}),
    ("```\n## 2. Not a heading\nx\n```\n", {2, 4, 5, 6, 7, 8}),
    ("<!-- later\n-->\n   \n", {1, 2, 3, 4, 5, 6, 7, 8}),
])
def test_what_is_not_answered_is_known(lab: Lab, written: str, open_ones: set[int]) -> None:
    text = blank_answers(lab)
    for number in (1, 3):
        heading = lab.questions[number - 1].heading
        text = text.replace(f"## {heading}\n", f"## {heading}\n\n{written}\n")
    assert {question.number for question in unanswered(lab, text)} == open_ones
    assert len(unanswered(lab, "")) == 8


def test_questions_that_are_released_stay(tmp_path: Path) -> None:
    source, to = make_course(tmp_path / "cairn"), str(tmp_path / "class.git")
    publish(Course(source), to, 1, "handout")
    (source / "labs/student/ERRATA.md").write_text("# Corrections\n\nAnother question.\n")
    for name in (TOML, CHAPTER, ANSWERS):
        replaced(name, "Rounding", "Roundness")(source)
    commit(source, "Ask another question")
    with pytest.raises(SourceError, match="the questions of lab 1 have changed since lab/01"):
        correct(Course(source), to)
