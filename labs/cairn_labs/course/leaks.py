"""What a student's tree must not hold, and the search for it.

The text of a solution is known by three lines in a row, compared without spaces and comment signs
and without lines of fewer than three words, and by each name that it alone defines. Other files of
the instructor, and those of later labs, are known by their paths and contents.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property

from cairn_labs.course.code import defined_names
from cairn_labs.course.sources import Course
from cairn_labs.course.stage import Tree, make_stage, unsolved
from cairn_labs.errors import SourceError
from cairn_labs.markers import Source, comment_of

ROW = 3  # lines
LEAST_WORDS = 3  # in a line that counts
LEAST_BYTES = 200  # of a file that is known by its content
COMMENT_SIGNS = re.compile(r"^[\s/*#>|;-]+|\\+\s*$|(?:/\*|//).*$")
WORD = re.compile(r"\w+")
MARKER = re.compile(r"\s*(//|#|<!--)@(?:exercise|stub|end|lab|until|instructor|quote|stage)\b")
PREBUILT = (b"\x7fELF", b"!<arch>\n", b"\xcb\r\r\n")
#: Python's compiled files begin with a version and a line end.
PYTHON_CACHE = re.compile(rb"..\r\n\0", re.DOTALL)


def normalised(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text that count, with their numbers."""
    for number, line in enumerate(text.splitlines(), 1):
        bare = COMMENT_SIGNS.sub("", line)
        if len(WORD.findall(bare)) >= LEAST_WORDS and not bare.startswith("include"):
            yield number, "".join(bare.split())


def rows(text: str) -> Iterator[tuple[int, str]]:
    """Every three lines in a row, with the number of the first."""
    lines = list(normalised(text))
    for index in range(len(lines) - ROW + 1):
        yield lines[index][0], "\n".join(line for _, line in lines[index:index + ROW])


@dataclass
class Secrets:
    """What is not to be found: each thing with what it is."""

    rows: dict[str, str] = field(default_factory=dict)
    symbols: dict[str, str] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    is_foreign: Callable[[str], str] = lambda path: ""

    def add_lines(self, text: str, what: str, given: str = "") -> None:
        """Lines that must not appear; `given` is a text that may."""
        open_rows = {row for _, row in rows(given)}
        self.rows.update((row, what) for _, row in rows(text) if row not in open_rows)

    @cached_property
    def symbol_pattern(self) -> re.Pattern[str] | None:
        """All names at once."""
        names = "|".join(map(re.escape, sorted(self.symbols)))
        return re.compile(rf"\b(?:{names})\b") if names else None

    def find(self, name: str, data: bytes) -> list[SourceError]:
        """Everything in a file that must not be there."""
        known = self.contents.get(digest(data)) if len(data) >= LEAST_BYTES else None
        if known:
            return [SourceError(name, 0, f"is {known}")]
        if data.startswith(PREBUILT) or PYTHON_CACHE.match(data):
            return [SourceError(name, 0, "is a prebuilt object")]
        if b"\0" in data:
            return []
        text = data.decode(errors="replace")
        return [*self._rows_in(name, text), *self._symbols_in(name, text), *marks_in(name, text)]

    def _rows_in(self, name: str, text: str) -> Iterator[SourceError]:
        for line, row in rows(text):
            if row in self.rows:
                yield SourceError(name, line, f"holds three lines of {self.rows[row]}")
                return

    def _symbols_in(self, name: str, text: str) -> Iterator[SourceError]:
        if self.symbol_pattern is None:
            return
        found = self.symbol_pattern.search(text)
        if found:
            line = text.count("\n", 0, found.start()) + 1
            yield SourceError(name, line, f"names {found[0]}, which only "
                                          f"{self.symbols[found[0]]} has")


def marks_in(name: str, text: str) -> Iterator[SourceError]:
    """A marker that is still there, in the kind of comment that the file has."""
    for number, line in enumerate(text.splitlines(), 1):
        found = MARKER.match(line)
        if found and found[1] == comment_of(name):
            yield SourceError(name, number, "holds a marker of the course's sources")
            return


def digest(data: bytes) -> str:
    """What a file's content is known by."""
    return hashlib.sha256(data).hexdigest()


def solution_of(source: Source) -> Iterator[tuple[str, str, str]]:
    """Number, solution and stub of each exercise in a source."""
    for region in source.exercises:
        solution = "".join(source.lines[region.first:region.stub - 1])
        yield region.number, solution, "".join(source.stub_lines(region))


def secrets_of(course: Course, lab: int, hidden: Container[str]) -> Secrets:
    """What nobody may see in the trees up to a lab while these exercises are hidden.

    The exercises of later labs are always hidden.
    """
    secrets = Secrets()
    given = course.given_names
    for name, source in course.sources.items():
        for number, solution, stub in solution_of(source):
            owner = course.exercises[number][0].number
            if number not in hidden and owner <= lab:
                continue
            what = f"the solution of exercise {number} ({name})"
            secrets.add_lines(solution, what, stub)
            for symbol in defined_names(solution) - defined_names(stub) - given:
                if "_" in symbol:
                    secrets.symbols[symbol] = what
        for region in source.regions:
            if region.kind == "instructor" or (region.kind == "lab" and region.lab > lab):
                what = f"the lines of {name}:{region.first} (@{region.kind})"
                secrets.add_lines("".join(source.lines[region.first:region.last - 1]), what)
    add_files(course, lab, secrets)
    add_alternatives(course, secrets)
    secrets.is_foreign = lambda path: foreign(course, lab, path)
    return secrets


def add_files(course: Course, lab: int, secrets: Secrets) -> None:
    """Adds the contents of the files that no tree up to this lab has."""
    given = set()
    for name in course.names:
        what = foreign(course, lab, name)
        data = (course.project / name).read_bytes()
        if not what:
            given.add(digest(data))
            continue
        secrets.contents[digest(data)] = f"{name}, {what}"
        source = course.sources.get(name)
        if source is not None:
            text = source.staged(course.owner(name).number, ())
            secrets.contents[digest(text.encode())] = f"{name}, {what}"
    for known in given & secrets.contents.keys():
        del secrets.contents[known]


def add_alternatives(course: Course, secrets: Secrets) -> None:
    """Adds the lines of other right solutions and of answers, but for what the stubs have too."""
    stubs = "\n".join(stub for source in course.sources.values()
                      for _, _, stub in solution_of(source))
    for name in course.names:
        if fnmatchcase(name, "labs/*/alternatives/*") or fnmatchcase(name, "labs/[0-9]*/answers*"):
            text = (course.project / name).read_text(encoding="utf-8")
            secrets.add_lines(text, name, stubs)


def foreign(course: Course, lab: int, path: str) -> str:
    """Why a path has no place in trees up to a lab; "" when it may be there."""
    if course.is_kept(path):
        return "a file for the instructor alone"
    claims = course.claims(path)
    if claims and min(entry.number for entry in claims) > lab:
        return f"a file of lab {claims[0].number}"
    return ""


def scan_tree(tree: Iterable[tuple[str, bytes]], secrets: Secrets) -> list[SourceError]:
    """Everything in some files that must not be there."""
    found = []
    for name, data in tree:
        what = secrets.is_foreign(name)
        if what:
            found.append(SourceError(name, 0, f"is {what}"))
        found += secrets.find(name, data)
    return found


def checked_stage(course: Course, lab: int, kind: str,
                  more_stubs: Iterable[str] = ()) -> tuple[Tree, list[SourceError]]:
    """A lab's tree, and what it holds that it must not."""
    tree = make_stage(course, lab, kind, more_stubs)
    secrets = secrets_of(course, lab, unsolved(course, lab, kind))
    return tree, scan_tree(((name, file.data) for name, file in tree.items()), secrets)
