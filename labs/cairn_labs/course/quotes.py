"""Quotations in the chapters: `\\snippet file tag` becomes the code between two `[tag]` lines.

A tree of the course holds no markers, so its chapters hold the code itself.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

from cairn_labs.errors import SourceError

SNIPPET = re.compile(r"[\\@]snippet +(\S+) +([\w-]+) *")
QUOTE = re.compile(r"\s*(?://|#)@quote \[([\w-]+)\]\s*")
C_FILES = {".c", ".h"}


def quoted_code(path: Path, tag: str) -> str | None:
    """The code between the two lines with a tag; None when there are not just two."""
    if not path.is_file():
        return None
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    places = [at for at, line in enumerate(lines)
              if (found := QUOTE.fullmatch(line)) and found[1] == tag]
    if len(places) != 2:
        return None
    return dedent("".join(line for line in lines[places[0] + 1:places[1]]
                          if not QUOTE.fullmatch(line)))


def expand_quotes(project: Path, name: str, text: str) -> str:
    """A chapter with its quotations in it. Raises SourceError for a tag that is not there."""
    result = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        found = SNIPPET.fullmatch(line.rstrip("\n"))
        if found is None:
            result.append(line)
            continue
        code = quoted_code(project / found[1], found[2])
        if code is None:
            raise SourceError(name, number, f"{found[1]} has no two lines @quote [{found[2]}]")
        kind = "c" if Path(found[1]).suffix in C_FILES else "unparsed"
        result.append(f"```{{.{kind}}}\n{code}```\n")
    return "".join(result)
