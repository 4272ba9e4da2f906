"""After doxygen: diagrams in the pages, ways through the book, and an index for searching."""

from __future__ import annotations

import re
from pathlib import Path

from book.diagrams import inline_diagrams
from book.navigation import Navigation, children
from book.search import write_index
from book.sources import DOXYGEN, BookError, all_pages, read_parts

TOP_END = "</div><!-- top -->"
FOOTER = "<!-- start footer part -->"
CRUMBS = re.compile(r'<div id="nav-path" class="navpath">\s*<ul>(.*?)</ul>\s*</div>', re.DOTALL)
TOC = re.compile(r'<div class="toc"><h3>Table of Contents</h3>(.*?)</div>', re.DOTALL)
TITLE = re.compile(r'(<title>[^<]*: |<div class="title">)[^<]*(</title>|</div>)')
TABLE = re.compile(r'<table class="(?:markdownTable|directory)">.*?</table>', re.DOTALL)


def details(kind: str, title: str, body: str) -> str:
    """A part that book.js folds on small screens."""
    return (f'<details class="{kind}" open><summary>{title}</summary>{body}</details>')


def frame(text: str, name: str, navigation: Navigation) -> str:
    """A page between the book's sidebar, the way up to it, and the pages before and after."""
    crumbs = CRUMBS.search(text)
    way = ""
    if crumbs:
        text = text.replace(crumbs[0], "", 1)
        way = f'<nav class="crumbs" aria-label="Where this page is"><ul>{crumbs[1]}</ul></nav>'
    kind = name.partition(".")[0]
    if '<details class="on-this-page"' in text:
        kind += " with-contents"
    elif name.endswith("_source.html") or name.startswith("exercise_page_"):
        kind += " listing"
    text = text.replace(TOP_END, f'{TOP_END}\n<div class="book">{navigation.sidebar(name)}'
                                 f'<main id="doc-content" class="{kind}">{way}', 1)
    before, _, after = text.rpartition(FOOTER)
    return f"{before}{navigation.turn(name)}</main></div>\n{FOOTER}{after}"


def mended(text: str, name: str) -> str:
    """A page's own text: its table of contents can be folded, wide tables scroll."""
    label = name.removesuffix(".html")
    if label in DOXYGEN:
        text = TITLE.sub(rf"\g<1>{DOXYGEN[label]}\g<2>", text)
    text = TOC.sub(lambda toc: details("on-this-page", "On this page", toc[1]), text, count=1)
    return TABLE.sub(lambda table: f'<div class="wide">{table[0]}</div>', text)


def finish(project: Path, folder: Path) -> None:
    """Mends every page of the built book."""
    parts = read_parts(project)
    for page in all_pages(parts):
        if not (folder / page.html).is_file():
            raise BookError(f"{page.source or page.label}: doxygen made no {page.html}")
    navigation = Navigation(parts, children(project, folder))
    pages: dict[str, str] = {}
    for path in sorted(folder.glob("*.html")):
        text = path.read_text(encoding="utf-8")
        if FOOTER not in text:
            continue
        text = mended(inline_diagrams(text, folder), path.name)
        pages[path.name] = text
        path.write_text(frame(text, path.name, navigation), encoding="utf-8")
    own = [page.html for page in navigation.order]
    write_index(folder, {name: pages[name] for name in [*own, *(set(pages) - set(own))]})
