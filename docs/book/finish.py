"""After doxygen: diagrams within the page, previous and next, and contents for small screens."""

from __future__ import annotations

from html import escape
from pathlib import Path

from book.diagrams import inline_diagrams
from book.sources import BookError, Page, Part, all_pages, read_parts

BODY = '<div id="doc-content">'
BODY_END = "</div><!-- contents -->"


def turn(pages: list[Page], html: str) -> str:
    """The links to the page before and the page after; "" for a page out of the order."""
    order = [page.html for page in pages]
    if html not in order:
        return ""
    at = order.index(html)
    links = ""
    if at > 0:
        before = pages[at - 1]
        links += f'<a class="previous" rel="prev" href="{before.html}">{escape(before.title)}</a>'
    if at + 1 < len(pages):
        after = pages[at + 1]
        links += f'<a class="next" rel="next" href="{after.html}">{escape(after.title)}</a>'
    return f'<nav class="turn" aria-label="Previous and next page">{links}</nav>'


def small_contents(parts: list[Part], html: str) -> str:
    """The contents as a menu at the top, for screens without room for the sidebar."""
    lines = ['<details class="small-contents"><summary>Contents of the book</summary>',
             '<nav aria-label="Contents"><a href="index.html">Cover and contents</a>']
    for part in parts:
        lines.append(f"<b>{escape(part.title)}</b>")
        for page in part.pages:
            here = ' aria-current="page"' if page.html == html else ""
            lines.append(f'<a href="{page.html}"{here}>{escape(page.title)}</a>')
    return "\n".join(lines) + "</nav></details>"


def finish(project: Path, folder: Path) -> None:
    """Mends every page of the built book."""
    parts = read_parts(project)
    pages = all_pages(parts)
    for page in pages:
        if not (folder / page.html).is_file():
            raise BookError(f"{page.source or page.label}: doxygen made no {page.html}")
    for path in sorted(folder.glob("*.html")):
        text = path.read_text(encoding="utf-8")
        if "</head>" not in text:
            continue
        text = inline_diagrams(text, folder)
        text = text.replace(BODY, BODY + small_contents(parts, path.name), 1)
        before, found, after = text.rpartition(BODY_END)
        if found:
            text = before + found + turn(pages, path.name) + after
        path.write_text(text, encoding="utf-8")
