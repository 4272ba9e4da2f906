"""Command line of the book's own steps, for docs.mk.

    python -m book prepare OUT      before doxygen: writes the generated pages into OUT/book
    python -m book finish OUT       after doxygen: mends OUT/html
    python -m book check OUT        finds dead links and anchors in OUT/html
"""

from __future__ import annotations

import sys
from pathlib import Path

from book.finish import finish
from book.links import dead_links
from book.prepare import prepare
from book.sources import BookError


def main() -> int:
    step, out = sys.argv[1], Path(sys.argv[2])
    project = Path.cwd()
    try:
        if step == "prepare":
            prepare(project, out / "book")
        elif step == "finish":
            finish(project, out / "html")
        else:
            found = list(dead_links(out / "html"))
            for line in found:
                print(f"book: {line}", file=sys.stderr)
            return 1 if found else 0
    except BookError as error:
        print(f"book: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
