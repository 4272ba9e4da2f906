"""The ways through the built book: sidebar, the way up, previous and next."""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path

from cairn_labs.description import read_labs

from book.exercises import label
from book.sources import Page, Part, all_pages

GROUP = re.compile(r'class="entry">.*?<a class="el" href="(group__\w+)\.html"[^>]*>(.*?)</a>')


def children(project: Path, folder: Path) -> dict[str, list[Page]]:
    """The pages below others: an exercise each, and the groups as doxygen lists them."""
    exercises = [Page(label(exercise), f"{exercise.id} {exercise.title}", "")
                 for lab in read_labs(project) for exercise in lab.exercises]
    groups = [Page(name, unescape(title), "") for name, title
              in GROUP.findall((folder / "modules.html").read_text(encoding="utf-8"))]
    return {"exercises": exercises, "modules": groups}


class Navigation:
    """Knows the place of each page in the book."""

    def __init__(self, parts: list[Part], below: dict[str, list[Page]]) -> None:
        self.parts = parts
        self.below = below
        self.order: list[Page] = []
        self.parent: dict[str, Page] = {}
        for page in all_pages(parts):
            self.order += [page, *below.get(page.label, [])]
            for child in below.get(page.label, []):
                self.parent[child.html] = page

    def turn(self, html: str) -> str:
        """The links to the page before and the page after; "" for a page out of the order."""
        at = next((at for at, page in enumerate(self.order) if page.html == html), None)
        if at is None:
            return ""
        links = []
        if at > 0:
            links.append(link(self.order[at - 1], 'class="previous" rel="prev"'))
        up = self.parent.get(html)
        if up and (at == 0 or self.order[at - 1] is not up):
            links.append(link(up, 'class="up" rel="up"'))
        if at + 1 < len(self.order):
            links.append(link(self.order[at + 1], 'class="next" rel="next"'))
        return f'<nav class="turn" aria-label="Previous and next page">{"".join(links)}</nav>'

    def sidebar(self, html: str) -> str:
        """The contents beside every page; on small screens a menu above it."""
        lines = ['<details class="sidebar" open><summary>Contents of the book</summary>',
                 '<nav aria-label="Contents">', self._item(self.order[0], html)]
        for part in self.parts:
            lines.append(f"<h2>{escape(part.title)}</h2>")
            for page in part.pages:
                lines.append(self._item(page, html))
                within = [page.html, *(child.html for child in self.below.get(page.label, []))]
                if html in within and len(within) > 1:
                    lines += ["<div>", *(self._item(child, html)
                                         for child in self.below[page.label]), "</div>"]
        return "\n".join(lines) + "\n</nav></details>\n"

    def _item(self, page: Page, html: str) -> str:
        return link(page, 'aria-current="page"' if page.html == html else "")


def link(page: Page, attributes: str) -> str:
    return f'<a href="{page.html}" {attributes}>'.replace(" >", ">") + f"{escape(page.title)}</a>"
