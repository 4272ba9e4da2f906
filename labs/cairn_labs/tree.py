"""The course's files, and copies of the tree with some exercises as stubs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from cairn_labs.errors import SourceError
from cairn_labs.markers import Source, comment_of

PROJECT = Path(__file__).resolve().parents[2]


def tracked_files(project: Path) -> list[str]:
    """Every file that belongs to the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=project, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (project / name).is_file()]


def read_source(project: Path, name: str) -> Source | None:
    """A file's markers; None when it can hold none."""
    if not comment_of(name):
        return None
    try:
        return Source(name, (project / name).read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise SourceError(name, 0, "is not UTF-8") from error


def stub_tree(project: Path, out: Path, numbers: Iterable[str]) -> list[str]:
    """Copies the tree into a new or empty folder, with these exercises as stubs.

    Returns the files that hold one of them. Raises SourceError when an exercise is in no file.
    """
    missing = wanted = frozenset(numbers)
    if out.exists() and any(out.iterdir()):
        raise SourceError(str(out), 0, "is not empty")
    files = []
    for name in tracked_files(project):
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / name, target)
        source = read_source(project, name)
        if source is None or not source.exercises:
            continue
        target.write_text(source.render(wanted), encoding="utf-8")
        found = wanted & {region.number for region in source.exercises}
        missing -= found
        if found:
            files.append(name)
    if missing:
        raise SourceError(str(project), 0, f"no file holds exercise {', '.join(sorted(missing))}")
    return files
