"""Puts doxygen's diagrams into the page, in the page's own colours, with a text alternative."""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path

FRAME = re.compile(
    r'<div class="dotgraph">\s*<(iframe|object)[^>]*?(?:src|data)="([^"]+\.svg)".*?</\1>\s*'
    r'(?:<div class="caption">\s*(.*?)</div>)?\s*</div>', re.DOTALL)
WHITE_BOX = re.compile(
    r'<polygon fill="(?:white|transparent|none)" stroke="(?:transparent|none)"[^>]*/>')
NODE = re.compile(r'<g id="node\d+" class="node">\s*<title>(.*?)</title>(.*?)</g>', re.DOTALL)
EDGE = re.compile(r'<g id="edge\d+" class="edge">\s*<title>(.*?)</title>(.*?)</g>', re.DOTALL)
TEXT = re.compile(r"<text[^>]*>(.*?)</text>", re.DOTALL)
LONG = 60
# How far a drawing may shrink before its letters get too small to read.
LEAST = 0.67
SIZE = re.compile(r'<svg width="(\d+)pt" height="\d+pt"')


def words(part: str) -> str:
    """The texts of a part of a drawing, one after the other."""
    return " ".join(unescape(text).replace("\xa0", " ") for text in TEXT.findall(part))


def short(said: str, body: str) -> str:
    """How an arrow names its end: a table of many words by its head."""
    texts = TEXT.findall(body)
    return words(f"<text>{texts[0]}</text>").rstrip(",") if len(said) > LONG and texts else said


def description(svg: str) -> str:
    """A drawing in words: its boxes, and which leads to which."""
    boxes = [(unescape(title), words(body) or unescape(title), body)
             for title, body in NODE.findall(svg)]
    names = {title: short(said, body) for title, said, body in boxes}
    sentences = ["Boxes: " + "; ".join(said for _, said, _ in boxes) + "."]
    for title, body in EDGE.findall(svg):
        if "<path" not in body:
            continue  # an edge that only keeps things in order
        start, _, end = unescape(title).partition("->")
        ends = [names.get(side.partition(":")[0], side) for side in (start, end)]
        label = words(body)
        sentence = f"{ends[0]} leads to {ends[1]}" + (f": {label}." if label else ".")
        if ends[0] != ends[1] and sentence not in sentences:
            sentences.append(sentence)
    return " ".join(sentences)


def inlined(svg: str, caption: str, number: int) -> str:
    """The drawing as part of a page."""
    said = description(svg)
    body = svg[svg.index("<svg"):]
    size = SIZE.match(body)
    pixels = int(size[1]) * 4 // 3 if size else 0
    width = f' style="width: {pixels}px; min-width: {int(pixels * LEAST)}px"' if size else ""
    body = WHITE_BOX.sub("", body, count=1)
    body = re.sub(r"<title>.*?</title>", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="diagram{number}-', body)
    body = re.sub(r'(fill|stroke)="black"', r'\1="currentColor"', body)
    body = re.sub(r'(fill|stroke)="white"', r'\1="var(--page-background-color)"', body)
    body = re.sub(r"<text ", '<text fill="currentColor" ', body)
    body = re.sub(r'<svg width="\d+pt" height="\d+pt"', f'<svg role="img"{width}', body, count=1)
    first_end = body.index(">") + 1
    alternative = (f"<title>{escape(caption or 'Diagram')}</title>"
                   f"<desc>{escape(said)}</desc>")
    shown = f"<figcaption>{caption}</figcaption>" if caption else ""
    return (f'<figure class="diagram"><div class="diagram-frame">{body[:first_end]}{alternative}'
            f"{body[first_end:]}</div>{shown}</figure>")


def inline_diagrams(page: str, folder: Path) -> str:
    """A page with its diagrams inside."""
    number = 0

    def replace(found: re.Match[str]) -> str:
        nonlocal number
        number += 1
        svg = (folder / found[2]).read_text(encoding="utf-8")
        return inlined(svg, (found[3] or "").strip(), number)

    return FRAME.sub(replace, page)
