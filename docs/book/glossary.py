"""The glossary is in order, and each term has the anchor that its name gives."""

from __future__ import annotations

import re
from pathlib import Path

from book.sources import ANCHOR, BookError, headings

GLOSSARY = "docs/glossary.md"


def anchor_of(term: str) -> str:
    """The anchor of a term: `page table` is term_page_table."""
    return "term_" + re.sub(r"\W+", "_", term.lower()).strip("_")


def check_glossary(project: Path) -> None:
    """Raises BookError for a term out of order or with another anchor."""
    before = ""
    for number, line in headings((project / GLOSSARY).read_text(encoding="utf-8")):
        if not line.startswith("## "):
            continue
        anchor = ANCHOR.search(line)
        term = ANCHOR.sub("", line).removeprefix("## ").strip()
        if anchor is None or anchor[1] != anchor_of(term):
            raise BookError(f"{GLOSSARY}:{number}: the anchor should be {anchor_of(term)}")
        if term.lower() <= before:
            raise BookError(f"{GLOSSARY}:{number}: {term} comes before {before}")
        before = term.lower()
