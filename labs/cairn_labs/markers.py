"""The markers in the sources, and a source with its solution or its stub.

    //@exercise 1.4 Put a memory map in order
    …the solution…
    //@stub
    // …the stub, each line a comment…
    //@end

`//@lab N … //@end` and `//@until N … //@end` frame lines that come or go with the tree of lab N,
and `//@instructor … //@end` lines that no student gets. `//@quote [tag]` marks a line for the book,
and `<!--@stage-->` the place in the README where a student's tree tells which one it is. A marker
begins a line of its own, `//@`, `#@` or `<!--@` as the kind of file has comments.

Source.render() leaves all but the exercises as they are; Source.staged() gives a lab's text.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import PurePath

from cairn_labs.errors import SourceError

SLASHES = {".c", ".h", ".S", ".ld", ".def"}
HASHES = {".py", ".mk", ".toml", ".sh", ".awk", ".list"}
HASH_NAMES = {"Makefile", "Doxyfile", "Containerfile"}
EXERCISE = re.compile(r"exercise (\d+\.\d+) (\S.*)")
STAGE = re.compile(r"(lab|until) (\d+)|instructor")
LONE = re.compile(r"quote \[[\w-]+\]|stage")
# A region that comes and goes keeps this many lines away from an exercise, so that merges work.
DISTANCE = 2


def comment_of(name: str) -> str:
    """How a comment begins in a file; "" when the file can hold no markers."""
    path = PurePath(name)
    if path.suffix in SLASHES:
        return "//"
    if path.suffix in HASHES or path.name in HASH_NAMES:
        return "#"
    return "<!--" if path.suffix == ".md" else ""


@dataclass
class Region:
    """What lies between an opening marker and its end, by line numbers from 1."""

    kind: str
    first: int
    number: str = ""
    title: str = ""
    stub: int = 0
    last: int = 0
    lab: int = 0  # of a lab or until region

    def is_in(self, lab: int) -> bool:
        """Whether the tree of a lab has the region's lines."""
        return {"lab": lab >= self.lab, "until": lab < self.lab}.get(self.kind, False)

    def is_near(self, other: Region) -> bool:
        return self.first - DISTANCE <= other.last and other.first <= self.last + DISTANCE


@dataclass
class Source:
    """A source, taken apart. Raises SourceError when its markers make no sense."""

    name: str
    text: str
    regions: list[Region] = field(default_factory=list)
    lone: dict[int, str] = field(default_factory=dict)  # markers without an end, by line

    def __post_init__(self) -> None:
        self.comment = comment_of(self.name)
        self.lines = self.text.splitlines(keepends=True)
        if self.comment:
            self._read()

    @property
    def exercises(self) -> list[Region]:
        return [region for region in self.regions if region.kind == "exercise"]

    def fail(self, line: int, text: str) -> SourceError:
        return SourceError(self.name, line, text)

    def _marker(self, line: str) -> str | None:
        text = line.strip()
        if not text.startswith(self.comment + "@"):
            return None
        return text.removeprefix(self.comment + "@").removesuffix("-->").strip()

    def _read(self) -> None:
        current: Region | None = None
        for number, line in enumerate(self.lines, 1):
            marker = self._marker(line)
            if marker is not None:
                current = self._step(current, number, marker)
        if current is not None:
            raise self.fail(current.first, f"@{current.kind} without its @end")
        self._check_distances()

    def _step(self, current: Region | None, number: int, marker: str) -> Region | None:
        """Takes a marker; returns the region that is open after it."""
        exercise = EXERCISE.fullmatch(marker)
        stage = STAGE.fullmatch(marker)
        if exercise or stage:
            if current is not None:
                raise self.fail(number, f"@{marker} within the region of line {current.first}")
            if exercise:
                return Region("exercise", number, exercise[1], exercise[2])
            return Region(marker.split()[0], number, lab=int(stage[2] or 0) if stage else 0)
        if LONE.fullmatch(marker) and (current is None or current.kind != "exercise"):
            self.lone[number] = marker
            return current
        if marker == "stub" and current and current.kind == "exercise" and not current.stub:
            current.stub = number
            return current
        if marker == "end" and current:
            if current.kind == "exercise" and not current.stub:
                raise self.fail(current.first, f"exercise {current.number} has no @stub")
            current.last = number
            self.regions.append(current)
            return None
        raise self.fail(number, f"@{marker} makes no sense here")

    def _check_distances(self) -> None:
        for other in self.regions:
            if other.kind != "exercise" and any(map(other.is_near, self.exercises)):
                raise self.fail(other.first,
                                f"@{other.kind} within {DISTANCE} lines of an exercise")

    def stub_lines(self, region: Region) -> list[str]:
        """A stub with its comment signs taken off."""
        lines = []
        for number in range(region.stub + 1, region.last):
            line = self.lines[number - 1]
            text = line.lstrip(" ")
            indent = line[:len(line) - len(text)]
            if not re.match(re.escape(self.comment) + r"( |$)", text):
                raise self.fail(number, f"a stub's line begins with `{self.comment} `")
            text = text.removeprefix(self.comment).removesuffix("-->\n").removeprefix(" ")
            lines.append((indent + text).rstrip() + "\n")
        return lines

    def render(self, stubs: Container[str]) -> str:
        """The text without the markers of exercises: those in `stubs` as stubs, others solved."""
        result: list[str] = []
        done = 0
        for region in self.exercises:
            result += self.lines[done:region.first - 1]
            if region.number in stubs:
                result += self.stub_lines(region)
            else:
                result += self.lines[region.first:region.stub - 1]
            done = region.last
        return "".join(result + self.lines[done:])

    def staged(self, lab: int, stubs: Container[str], front: str = "") -> str:
        """The text as the tree of a lab has it: without markers, and without gaps where they were.

        `front` comes in the place of a `stage` marker.
        """
        pieces: list[list[str]] = []
        done = 0
        for region in self.regions:
            pieces += self._between(done + 1, region.first, front)
            if region.kind == "exercise" and region.number in stubs:
                pieces.append(self.stub_lines(region))
            elif region.kind == "exercise":
                pieces.append(self.lines[region.first:region.stub - 1])
            elif region.is_in(lab):
                pieces += self._between(region.first + 1, region.last, front)
            done = region.last
        pieces += self._between(done + 1, len(self.lines) + 1, front)
        return "".join(join_pieces(pieces))

    def _between(self, first: int, end: int, front: str) -> list[list[str]]:
        """The lines [first, end), in pieces wherever a marker without an end stood."""
        pieces: list[list[str]] = [[]]
        for number in range(first, end):
            if number not in self.lone:
                pieces[-1].append(self.lines[number - 1])
                continue
            if self.lone[number] == "stage":
                pieces.append(front.splitlines(keepends=True))
            pieces.append([])
        return pieces


def join_pieces(pieces: list[list[str]]) -> list[str]:
    """Puts pieces of a text together; no gap stays where something was between two of them."""
    result = list(pieces[0])
    for piece in pieces[1:]:
        opens = not result or not result[-1].strip() or result[-1].rstrip().endswith("{")
        rest = list(piece)
        while rest and opens and not rest[0].strip():
            del rest[0]
        if rest and rest[0].lstrip().startswith("}"):
            drop_blank_end(result)
        result += rest
    if len(pieces) > 1:
        drop_blank_end(result)
    return result


def drop_blank_end(lines: list[str]) -> None:
    """Takes blank lines off the end of a text."""
    while lines and not lines[-1].strip():
        del lines[-1]
