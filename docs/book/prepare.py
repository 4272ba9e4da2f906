"""Before doxygen: the cover with its contents, exercises, glossary, the grader's modules."""

from __future__ import annotations

from pathlib import Path

from cairn_labs.description import Lab, read_labs

from book.exercises import exercise_index, exercise_page
from book.glossary import glossary_page
from book.modules import modules_page
from book.sources import DOXYGEN, BookError, Part, all_pages, check_headings, read_parts

CONTENTS = "<!-- contents -->"
COVER = "docs/index.md"


def contents(parts: list[Part], labs: list[Lab]) -> str:
    """How far the book goes, and all its pages. `@subpage` puts the cover above them all."""
    lines = [f"This book goes as far as lab {labs[-1].number:02}, {labs[-1].title}."]
    for part in parts:
        lines += ["", f"**{part.title}**", ""]
        for page in part.pages:
            link = f"[{page.title}]({page.html})" if page.label in DOXYGEN \
                else f"@subpage {page.label} "
            lines.append(f"- {link}<br>{page.says}")
    return "\n".join(lines) + "\n"


def cover(project: Path, parts: list[Part], labs: list[Lab]) -> str:
    """The main page: docs/index.md with the contents in their place."""
    check_headings(project, COVER)
    text = (project / COVER).read_text(encoding="utf-8")
    if text.count(CONTENTS) != 1:
        raise BookError(f"{COVER}:1: should have one line {CONTENTS}")
    return text.replace(CONTENTS, contents(parts, labs))


def prepare(project: Path, out: Path) -> None:
    """Writes all generated pages into `out`."""
    parts = read_parts(project)
    chapters = {page.source: page for page in all_pages(parts) if page.source.startswith("labs/")}
    labs = read_labs(project)
    pages = {
        "index.md": cover(project, parts, labs),
        "exercises.md": exercise_index(project, labs, chapters),
        "glossary.md": glossary_page(project),
        "grader_modules.md": modules_page(project),
    }
    for lab in labs:
        for exercise in lab.exercises:
            pages[f"exercise_{exercise.id}.md"] = exercise_page(
                project, lab, exercise, chapters)
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.md"):
        old.unlink()
    for name, text in pages.items():
        (out / name).write_text(text, encoding="utf-8")
