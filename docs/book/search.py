"""The index that docs/book.js searches: every section of every page, as plain text.

It is a script and not a JSON file, because a page opened from a disk may not read files.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

HEADINGS = {"h1", "h2", "h3", "h4"}
SILENT = {"svg", "script", "style", "nav", "details"}
BLOCKS = HEADINGS | {"p", "li", "td", "th", "dt", "dd", "div", "pre", "br"}
# Pages whose text repeats what other pages say. Their titles are enough, and what they document.
LISTS = re.compile(r"_8\w+\.html$|^(files|annotated|modules|index)\.html$")
LEFT_OUT = re.compile(r"^(dir_|globals|functions|classes)")
REFERENCE = re.compile(r" (Struct|Union|File) Reference$")
DEFINED = re.compile(r"Definition at line \d+ of file [\w.]+ ?\.")


@dataclass
class Section:
    """A heading, where it is, and the words below it."""

    anchor: str
    title: str = ""
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return DEFINED.sub("", re.sub(r"\s+", " ", "".join(self.words))).strip()

    @property
    def heading(self) -> str:
        return REFERENCE.sub("", " ".join(self.title.split()))


class Sections(HTMLParser):
    """Splits a finished page into its sections."""

    def __init__(self) -> None:
        super().__init__()
        self.sections = [Section("")]
        self.inside = ""    # the heading or title that is being read
        self.silent: list[str] = []
        self.started = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        kind = values.get("class") or ""
        if tag in SILENT:
            self.silent.append(tag)
        elif kind == "title":
            self.started, self.inside = True, tag
        elif kind == "ingroups":
            self.inside = ""
        elif tag in HEADINGS and self.started and "groupheader" not in kind:
            self.sections.append(Section(""))
            self.inside = tag
        elif self.inside and tag == "a":
            self._anchor(values)

    def _anchor(self, values: dict[str, str | None]) -> None:
        """A heading's place: its own anchor, or the link to itself that doxygen puts there."""
        place = values.get("id") or (values.get("href") or "").partition("#")[2]
        if place and not self.sections[-1].anchor and len(self.sections) > 1:
            self.sections[-1].anchor = place

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag == self.silent[-1]:
            self.silent.pop()
        elif tag == self.inside:
            self.inside = ""
        elif tag in BLOCKS:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if self.silent or not self.started:
            return
        if self.inside:
            self.sections[-1].title += data.replace("\u25c6", "").replace("\xa0", " ")
        else:
            self.sections[-1].words.append(data)


def sections(page: str) -> list[Section]:
    """The sections of a page; the first is the page itself."""
    reader = Sections()
    reader.feed(page)
    return reader.sections


def entries(name: str, page: str) -> list[list[str]]:
    """Title, title of the page, place and text of each section."""
    if LEFT_OUT.search(name) or name.endswith("_source.html"):
        return []
    found = sections(page.partition("<!-- start footer part -->")[0])
    whole = found[0].heading
    rows = [[whole, "", name, "" if LISTS.search(name) else found[0].text]]
    rows += [[part.heading, whole, f"{name}#{part.anchor}", part.text]
             for part in found[1:] if part.anchor and part.heading]
    return rows


def write_index(folder: Path, pages: dict[str, str]) -> None:
    """Writes the index of all pages, the book's own first."""
    rows = [row for name, page in pages.items() for row in entries(name, page) if row[0]]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    (folder / "search-index.js").write_text(f"const searchIndex = [\n{lines}\n];\n",
                                            encoding="utf-8")
