"""The glossary: docs/glossary.md and what each lab adds, in one alphabet."""

from __future__ import annotations

import re
from pathlib import Path

from book.sources import ANCHOR, BookError, headings

GLOSSARY = "docs/glossary.md"
OF_LABS = "labs/*/glossary.md"


def anchor_of(term: str) -> str:
    """The anchor of a term: `page table` is term_page_table."""
    return "term_" + re.sub(r"\W+", "_", term.lower()).strip("_")


def terms_of(project: Path, source: str) -> tuple[str, dict[str, str]]:
    """What a file says before its first term, and its terms with their text, in order."""
    lines = (project / source).read_text(encoding="utf-8").splitlines()
    marks = [number for number, line in headings("\n".join(lines)) if line.startswith("## ")]
    terms: dict[str, str] = {}
    before = ""
    for number, end in zip(marks, [*marks[1:], len(lines) + 1]):
        line = lines[number - 1]
        anchor = ANCHOR.search(line)
        term = ANCHOR.sub("", line).removeprefix("## ").strip()
        if anchor is None or anchor[1] != anchor_of(term):
            raise BookError(f"{source}:{number}: the anchor should be {anchor_of(term)}")
        if term.lower() <= before:
            raise BookError(f"{source}:{number}: {term} comes before {before}")
        before = term.lower()
        terms[term] = "\n".join(lines[number - 1:end - 1]).strip()
    return "\n".join(lines[:marks[0] - 1] if marks else lines), terms


def glossary_page(project: Path) -> str:
    """All terms, sorted; raises BookError for one out of order, misnamed or there twice."""
    front, terms = terms_of(project, GLOSSARY)
    for path in sorted(project.glob(OF_LABS)):
        source = str(path.relative_to(project))
        front_of_lab, more = terms_of(project, source)
        if front_of_lab.strip():
            raise BookError(f"{source}:1: should begin with its first term")
        for term in more:
            if any(anchor_of(term) == anchor_of(other) for other in terms):
                raise BookError(f"{source}:1: {term} is in the glossary already")
        terms |= more
    return "\n\n".join([front, *(terms[term] for term in sorted(terms, key=str.lower)), ""])
