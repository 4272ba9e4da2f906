"""Finds links of the built book that lead nowhere: files, and anchors within them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LINKS = {("a", "href"), ("link", "href"), ("img", "src"), ("script", "src"), ("iframe", "src"),
         ("object", "data"), ("area", "href")}


class Reader(HTMLParser):
    """Collects a page's links and the places that others can link to."""

    def __init__(self) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.links: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.places.add(value)
            elif (tag, name) in LINKS:
                self.links.append((self.getpos()[0], value))


def read(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


def indexed(folder: Path) -> Reader:
    """The places that searching leads to; a line of the index each."""
    reader = Reader()
    path = folder / "search-index.js"
    if path.is_file():
        rows = path.read_text(encoding="utf-8").partition("=")[2].rstrip(";\n")
        reader.links = [(number, row[2]) for number, row in enumerate(json.loads(rows), 2)]
    return reader


def dead_links(folder: Path) -> Iterator[str]:
    """What is wrong, page by page, with the line."""
    pages = {path: read(path) for path in sorted(folder.glob("*.html"))}
    for path, page in [*pages.items(), (folder / "search-index.js", indexed(folder))]:
        for line, link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (folder / unquote(parts.path)).resolve() if parts.path else path.resolve()
            if not target.exists() or folder.resolve() not in target.parents:
                yield f"{path.name}:{line}: {link}: there is no such file in the book"
                continue
            place = unquote(parts.fragment)
            name = folder / target.name
            if place and name in pages and place not in pages[name].places:
                yield f"{path.name}:{line}: {link}: there is no such place on that page"
