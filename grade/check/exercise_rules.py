"""Rules about exercises: markers are well-formed, and an exercise's file holds nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from check.tree import Complaint, SourceFile, Tree

# How a marker begins, by the kind of file.
MARKERS = {".c": "//@", ".h": "//@", ".S": "//@", ".ld": "//@", ".def": "//@",
           ".py": "#@", ".mk": "#@", ".toml": "#@", ".sh": "#@", ".md": "<!--@"}
EXERCISE = re.compile(r"exercise (\d+\.\d+) (\S.*)")
LAB = re.compile(r"(lab|until) \d+|instructor")
LONE = re.compile(r"quote \[[\w-]+\]|stage")
OUTSIDE = re.compile(r"\s*($|#\s*include\b|//|/\*|\*)")
DISTANCE = 2


@dataclass
class Region:
    """What lies between an opening marker and its `@end`."""

    kind: str
    first: int
    number: str = ""
    title: str = ""
    stub: int = 0
    last: int = 0
    stub_lines: list[str] = field(default_factory=list)

    def may_have_stub(self) -> bool:
        return self.kind == "exercise" and not self.stub

    def is_beside(self, other: Region) -> bool:
        return self.first - DISTANCE <= other.last and other.first <= self.last + DISTANCE


def _marker(file: SourceFile, line: str) -> str | None:
    begin = "#@" if file.path.name == "Makefile" else MARKERS.get(file.path.suffix)
    text = line.strip()
    if begin is None or not text.startswith(begin):
        return None
    return text.removeprefix(begin).removesuffix("-->").strip()


def regions_of(file: SourceFile) -> tuple[list[Region], list[Complaint]]:
    """The regions of a file, and what is wrong with its markers."""
    regions: list[Region] = []
    wrong: list[Complaint] = []
    open_region: Region | None = None
    for number, line in enumerate(file.lines, 1):
        marker = _marker(file, line)
        if marker is None:
            if open_region and open_region.stub:
                open_region.stub_lines.append(line)
            continue
        exercise = EXERCISE.fullmatch(marker)
        if exercise or LAB.fullmatch(marker):
            if open_region:
                wrong.append(file.complain(
                    number, f"marker within the region of line {open_region.first}"))
            kind = "exercise" if exercise else marker.split()[0]
            open_region = Region(kind, number)
            if exercise:
                open_region.number, open_region.title = exercise.group(1), exercise.group(2)
        elif marker == "stub" and open_region and open_region.may_have_stub():
            open_region.stub = number
        elif marker == "end" and open_region:
            open_region.last = number
            regions.append(open_region)
            open_region = None
        elif not LONE.fullmatch(marker):
            wrong.append(file.complain(number, f"marker @{marker} is not understood here"))
    if open_region:
        wrong.append(file.complain(open_region.first, "marker without its @end"))
    return regions, wrong


def _check_stub(file: SourceFile, region: Region) -> Iterator[Complaint]:
    if not region.stub:
        yield file.complain(region.first, f"exercise {region.number} has no @stub")
        return
    for offset, line in enumerate(region.stub_lines, 1):
        if not re.fullmatch(r"//( .*)?", line):
            yield file.complain(region.stub + offset, "a stub's line is `// ` and the line")
    if f'todo("{region.number}")' not in "\n".join(region.stub_lines):
        yield file.complain(region.stub, f'the stub does not call todo("{region.number}")')


def _check_nothing_else(file: SourceFile, region: Region) -> Iterator[Complaint]:
    """Outside its region, an exercise's file has comments and includes only."""
    in_comment = False
    for number, line in enumerate(file.lines, 1):
        if region.first <= number <= region.last:
            continue
        if not in_comment and not OUTSIDE.match(line):
            yield file.complain(number, f"given code in the file of exercise {region.number}")
        in_comment = (in_comment or "/*" in line) and "*/" not in line


def check_exercises(tree: Tree) -> Iterator[Complaint]:
    """Markers are balanced; an exercise has a stub, and a file to itself."""
    for file in tree.files:
        if file.is_binary:
            continue
        regions, wrong = regions_of(file)
        yield from wrong
        exercises = [region for region in regions if region.kind == "exercise"]
        for region in exercises:
            yield from _check_stub(file, region)
        if len(exercises) > 1:
            yield file.complain(exercises[1].first, "a second exercise in one file")
        elif exercises and file.path.suffix in {".c", ".S"}:
            yield from _check_nothing_else(file, exercises[0])
        for other in regions:
            for region in exercises:
                if other.kind != "exercise" and region.is_beside(other):
                    yield file.complain(other.first, f"@{other.kind} in or beside an exercise")


def stubbed(file: SourceFile) -> str:
    """The file as a student receives it: solutions out, stubs in."""
    regions, _ = regions_of(file)
    lines = list(file.lines)
    for region in reversed(regions):
        if region.kind == "exercise" and region.stub:
            stub = [line.removeprefix("//").removeprefix(" ") for line in region.stub_lines]
            lines[region.first - 1:region.last] = stub
    return "\n".join(lines)


RULES = [check_exercises]
