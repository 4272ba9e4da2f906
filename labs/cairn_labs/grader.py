"""How the grader of some tree of the course is called."""

from __future__ import annotations

import os
from pathlib import Path


def grader_path(folder: Path) -> str:
    """What PYTHONPATH must be for `python -m cairn`: the grader, and the labs as data."""
    return os.pathsep.join((str(folder / "grade"), str(folder / "labs")))
