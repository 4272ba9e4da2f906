"""The tree that the instructor's book is made from: the last handout, so without solutions."""

from __future__ import annotations

import sys
from pathlib import Path

from cairn_labs.course.sources import Course
from cairn_labs.course.stage import HANDOUT, make_stage, write_tree
from cairn_labs.errors import SourceError


def main() -> int:
    try:
        course = Course(Path.cwd())
        write_tree(make_stage(course, course.labs[-1].number, HANDOUT), Path(sys.argv[1]))
    except SourceError as error:
        print(f"book: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
