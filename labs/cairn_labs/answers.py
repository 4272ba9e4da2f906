"""Where a student answers a lab's questions: a file with a heading for each of them.

The tree of a lab has the file with the headings alone; from then on it is the student's.
"""

from __future__ import annotations

import re

from cairn_labs.description import Lab, Question

HEADING = re.compile(r"## +(\d+)\. ")
FENCE = re.compile(r"\s*(```|~~~)")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def answer_file(lab: Lab) -> str:
    """The file's name, from the top of a student's tree."""
    return f"answers/{lab.number:02}.md"


def blank_answers(lab: Lab) -> str:
    """The file as a student receives it."""
    lines = [
        f"# Lab {lab.number:02}: answers", "",
        f"The questions are in `labs/{lab.name}/README.md`. Write below the headings and leave",
        "them as they are: `make handin` tells by them what is not answered yet.",
    ]
    for question in lab.questions:
        lines += ["", f"## {question.heading}"]
    return "\n".join(lines) + "\n"


def sections(text: str) -> dict[int, str]:
    """What stands below each heading `## 1. …`, by its number."""
    found: dict[int, str] = {}
    number, fenced = 0, False
    for line in COMMENT.sub("", text).splitlines():
        heading = None if fenced else HEADING.match(line + " ")
        fenced ^= FENCE.match(line) is not None
        if heading:
            number = int(heading[1])
            found.setdefault(number, "")
        elif number:
            found[number] += line.strip()
    return found


def unanswered(lab: Lab, text: str) -> list[Question]:
    """The questions with nothing below their headings."""
    answers = sections(text)
    return [question for question in lab.questions if not answers.get(question.number)]
