"""What a chapter's tables and sessions say is what lab.toml and the files say."""

from __future__ import annotations

import re

import pytest
from cairn.architectures import PROJECT

from cairn_labs.course.sources import Course
from cairn_labs.course.stage import make_stage
from cairn_labs.description import Lab, read_labs

EVERY_LAB = pytest.mark.parametrize("lab", read_labs(PROJECT), ids=lambda lab: str(lab.name))
# A row of "What it makes you read": some files, and as many counts. They are rounded to tens, and
# a line or two may come and go.
FILES_AND_LINES = r"^\| ([^|]*) \| ([\d,]+(?: \+ [\d,]+)*) \|"
NAMED_FILE = r'@ref ([\w./-]+\.\w+) "'
MOST_LINES_OFF = 9
# A call as GDB shows it: the function, its arguments, its place.
CALL = r"([a-z_]\w*) \([^()]*\)\s+at (kernel/[\w./]+):(\d+)"


def chapter(lab: Lab) -> str:
    return (PROJECT / "labs" / lab.name / "README.md").read_text(encoding="utf-8")


@EVERY_LAB
def test_the_exercises_have_the_points_and_hours_of_lab_toml(lab: Lab) -> None:
    row = r"^\| \[(\d+\.\d+)\]\([^)]*\) \|.*?\| (\d+) \| (\d+) \|"
    rows = re.findall(row, chapter(lab), re.MULTILINE)
    assert rows == [(exercise.id, str(exercise.points), str(exercise.hours))
                    for exercise in lab.exercises]


@EVERY_LAB
def test_the_files_to_read_are_as_long_as_it_says(lab: Lab) -> None:
    handout = make_stage(Course(PROJECT), lab.number, "handout")
    wrong, counted = [], 0
    for files, lengths in re.findall(FILES_AND_LINES, chapter(lab), re.MULTILINE):
        names = re.findall(NAMED_FILE, files)
        said = [int(length.replace(",", "")) for length in lengths.split(" + ")]
        if len(names) != len(said):
            continue
        for name, lines in zip(names, said):
            path, = (path for path in handout if path.endswith("/" + name))
            there = handout[path].data.count(b"\n")
            counted += 1
            if abs(there - lines) > MOST_LINES_OFF:
                wrong.append(f"{name}: said {lines}, has {there}")
    assert counted >= 10
    assert wrong == []


def holds(code: str, number: int, function: str) -> bool:
    """Whether the code's line of this number is in a function: what stands at a line's begin names
    it, be it C or assembly."""
    lines = code.splitlines()
    begins = [line for line in lines[:number] if re.match(r"[A-Za-z_].*[^;]$", line)]
    return number <= len(lines) and function in re.findall(r"\w+", begins[-1])


@EVERY_LAB
def test_the_sessions_show_lines_of_the_functions_that_they_name(lab: Lab) -> None:
    solved = make_stage(Course(PROJECT), lab.number, "solution")
    calls = re.findall(CALL, chapter(lab))
    wrong = [f"{function}() is not at {path}:{number}" for function, path, number in calls
             if not holds(solved[path].data.decode(), int(number), function)]
    assert len(calls) >= 8
    assert wrong == []
