"""The book's pages, in order: docs/book.toml, and a chapter for each lab that has one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cairn_labs.description import Lab, read_labs

TITLE = re.compile(r"# (.+?) +\{#([\w-]+)\}")
HEADING = re.compile(r"#{1,6} +(.+)")
ANCHOR = re.compile(r"\{#([\w-]+)\}\s*$")
FENCE = re.compile(r"\s*(```|~~~)")
# Where the list of chapters goes in docs/book.toml, and pages that the steps write.
CHAPTERS = "chapters"
GENERATED = {
    "exercises": "Exercises",
    "grader_modules": "The grader's modules",
}
# Pages that doxygen makes by itself, with the titles that they have here.
DOXYGEN = {
    "modules": "The kernel's subsystems",
    "annotated": "Data structures",
    "files": "Files",
}


class BookError(Exception):
    """What is wrong with the book's sources, with the place."""


@dataclass(frozen=True)
class Page:
    """One page of the book."""

    label: str
    title: str
    says: str
    source: str = ""  # file name in the tree; "" when it is generated

    @property
    def html(self) -> str:
        """The page's file."""
        return "index.html" if self.label == "index" else f"{self.label}.html"


@dataclass(frozen=True)
class Part:
    """Pages that belong together."""

    title: str
    pages: tuple[Page, ...]


def headings(text: str) -> Iterator[tuple[int, str]]:
    """The headings of a Markdown text outside code, with their line numbers."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced and HEADING.fullmatch(line):
            yield number, line


def check_headings(project: Path, source: str) -> None:
    """Every heading has an anchor of its own, so that links to it last."""
    seen: set[str] = set()
    for number, line in headings((project / source).read_text(encoding="utf-8")):
        anchor = ANCHOR.search(line)
        if anchor is None:
            raise BookError(f"{source}:{number}: the heading has no {{#anchor}}")
        if anchor[1] in seen:
            raise BookError(f"{source}:{number}: the anchor {anchor[1]} is there twice")
        seen.add(anchor[1])


def read_page(project: Path, source: str, says: str) -> Page:
    """A page that somebody wrote: its first heading has title and label."""
    check_headings(project, source)
    text = (project / source).read_text(encoding="utf-8")
    title = next((TITLE.fullmatch(line) for _, line in headings(text)), None)
    if title is None:
        raise BookError(f"{source}:1: does not begin with `# title {{#label}}`")
    return Page(title[2], title[1], says, source)


def chapter_of(project: Path, lab: Lab) -> Page | None:
    """A lab's chapter; None while it has none."""
    source = f"labs/{lab.name}/README.md"
    if not (project / source).is_file():
        return None
    exercises = "; ".join(exercise.title for exercise in lab.exercises)
    return read_page(project, source, f"{exercises}.")


def read_parts(project: Path) -> list[Part]:
    """The whole book, without its cover."""
    data = tomllib.loads((project / "docs/book.toml").read_text(encoding="utf-8"))
    parts = []
    for part in data["part"]:
        pages: list[Page] = []
        for entry in part["pages"]:
            source = entry["page"]
            if source == CHAPTERS:
                chapters = (chapter_of(project, lab) for lab in read_labs(project))
                pages += [chapter for chapter in chapters if chapter is not None]
            elif source in GENERATED:
                pages.append(Page(source, GENERATED[source], entry["says"]))
            elif source in DOXYGEN:
                pages.append(Page(source, DOXYGEN[source], entry["says"]))
            else:
                pages.append(read_page(project, source, entry["says"]))
        parts.append(Part(part["title"], tuple(pages)))
    check_complete(project, parts)
    return parts


def check_complete(project: Path, parts: list[Part]) -> None:
    """Every page below docs/ is in the contents."""
    listed = {page.source for part in parts for page in part.pages} | {"docs/index.md"}
    for path in sorted((project / "docs").glob("*.md")):
        if f"docs/{path.name}" not in listed:
            raise BookError(f"docs/{path.name}:1: is not in docs/book.toml")


def all_pages(parts: list[Part]) -> list[Page]:
    """The pages in reading order, the cover first."""
    cover = Page("index", "Cover and contents", "", "docs/index.md")
    return [cover, *(page for part in parts for page in part.pages)]
