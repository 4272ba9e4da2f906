"""A lab's questions: lab.toml, the chapter and the instructor's answers have the same ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cairn_labs.answers import answer_file
from cairn_labs.course.sources import Course
from cairn_labs.description import Lab
from cairn_labs.errors import SourceError

PLACE = re.compile(r"answers/[\w-]+\.md")
HEADING = re.compile(r"(#{1,6}) +(.*?)(?: +\{#([\w-]+)\})?")
FENCE = re.compile(r"\s*(```|~~~)")


@dataclass
class Heading:
    """A heading of a chapter, and whether any text comes before the next one."""

    line: int
    level: int
    text: str
    anchor: str
    has_text: bool = False


def headings(text: str) -> list[Heading]:
    """The headings of a Markdown text."""
    found: list[Heading] = []
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        match = None if fenced else HEADING.fullmatch(line.rstrip())
        fenced ^= FENCE.match(line) is not None
        if match:
            found.append(Heading(number, len(match[1]), match[2], match[3] or ""))
        elif found and line.strip():
            found[-1].has_text = True
    return found


def below(found: list[Heading], anchor: str) -> list[Heading]:
    """The headings one level below the one with an anchor."""
    start = next((at for at, heading in enumerate(found) if heading.anchor == anchor), None)
    if start is None:
        return []
    level = found[start].level
    result = []
    for heading in found[start + 1:]:
        if heading.level <= level:
            break
        if heading.level == level + 1:
            result.append(heading)
    return result


def check_headings(course: Course, lab: Lab, what: str, name: str) -> Iterator[SourceError]:
    """One text has a heading for each question, with its anchor and some text, and no other."""
    path = course.project / name
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    questions = {question.number: question for question in lab.questions}
    for heading in below(headings(text), f"lab{lab.number:02}-{what}s"):
        number = heading.text.partition(".")[0]
        question = questions.pop(int(number), None) if number.isdigit() else None
        if question is None:
            yield SourceError(name, heading.line, f"“{heading.text}” is no [[question]] of "
                                                  f"{lab.source}, or is here twice")
            continue
        anchor = f"lab{lab.number:02}-{what}-{question.number}"
        if heading.text != question.heading:
            yield SourceError(name, heading.line, f"is “{heading.text}” here and "
                                                  f"“{question.heading}” in {lab.source}")
        if heading.anchor != anchor:
            yield SourceError(name, heading.line, f"should have the anchor {{#{anchor}}}")
        if not heading.has_text:
            yield SourceError(name, heading.line, f"has no text: the {what} of {question.id}")
    for question in questions.values():
        line = course.line_in(lab, f'id = "{question.id}"')
        yield SourceError(lab.source, line, f"{name} has no {what} {question.id}, which begins "
                                            f"“{question.heading}”")


def check_place(course: Course, lab: Lab) -> Iterator[SourceError]:
    """The chapter sends the answers to the file that students have, and to no other."""
    name = f"labs/{lab.name}/README.md"
    path = course.project / name
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    wanted = answer_file(lab)
    places = [(number, place) for number, line in enumerate(lines, 1)
              for place in PLACE.findall(line)]
    for number, place in places:
        if place != wanted:
            yield SourceError(name, number, f"students have no {place}: they answer in {wanted}")
    if lines and lab.questions and not places:
        yield SourceError(name, 0, f"does not say that students answer in {wanted}")


def check_questions(course: Course) -> Iterator[SourceError]:
    """Every question is asked in the chapter and answered for the instructor, and no other is."""
    for lab in course.labs:
        yield from check_headings(course, lab, "question", f"labs/{lab.name}/README.md")
        yield from check_headings(course, lab, "answer", f"labs/{lab.name}/answers.md")
        yield from check_place(course, lab)
