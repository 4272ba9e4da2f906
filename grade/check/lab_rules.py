"""Rules about labs and exercises: what labs/cairn_labs says of the course's sources."""

from __future__ import annotations

from collections.abc import Iterator

from cairn_labs.course.checks import problems
from cairn_labs.course.sources import Course
from cairn_labs.errors import SourceError
from cairn_labs.tree import read_source

from check.tree import Complaint, Tree


def complaint(error: SourceError, tree: Tree) -> Complaint:
    """A mistake in the course's sources as one of these rules tells it."""
    return Complaint(error.file.removeprefix(f"{tree.top}/"), error.line, error.text)


def check_markers(tree: Tree) -> Iterator[Complaint]:
    """Markers are well-formed; the first that is not is told of each file."""
    for file in tree.files:
        try:
            if not file.is_binary and (source := read_source(tree.top, file.name)):
                for region in source.exercises:
                    source.stub_lines(region)
        except SourceError as error:
            yield complaint(error, tree)


def check_course(tree: Tree) -> Iterator[Complaint]:
    """lab.toml, markers, exercises, stubs and tests agree; for markers that can be read."""
    if any(check_markers(tree)):
        return
    try:
        for error in problems(Course(tree.top)):
            yield complaint(error, tree)
    except SourceError as error:
        yield complaint(error, tree)


RULES = [check_markers, check_course]
