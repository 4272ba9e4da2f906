"""A tree that was unpacked from a zip: what is not as the course gave it, by labs/stage.sha256.

Such a tree has no originals, unless the student made it a git repository before changing a file.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

from cairn_labs.manifest import MANIFEST, hash_of_file, read_manifest
from cairn_labs.road.work import Work

#: What the course's own .gitignore leaves out, and git's folder.
SKIPPED_FOLDERS = {".git", ".pytest_cache", "__pycache__"}
SKIPPED = {"build", "compile_commands.json"}


@dataclass
class Unpacked:
    """What is in such a tree besides the student's own files."""

    given: dict[str, tuple[bytes, bool]] = field(default_factory=dict)  # and whether programs
    added: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)  # changed; the originals are in `given`
    altered: list[str] = field(default_factory=list)  # changed, and the originals are not at hand


def all_files(work: Work) -> Iterator[str]:
    """Every file of the tree that counts as one."""
    for place, folders, files in os.walk(work.folder):
        top = os.path.relpath(place, work.folder)
        folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS
                      and (top != "." or name not in SKIPPED)]
        for name in files:
            if not name.endswith(".pyc") and (top != "." or name not in SKIPPED):
                yield name if top == "." else f"{top}/{name}"


def original(work: Work, name: str, digest: str) -> tuple[bytes, bool] | None:
    """A file as the course gave it, when some commit of the student's has it so."""
    if not work.is_repository:
        return None
    for commit in work.try_git("log", "--all", "--format=%H", "--", name).stdout.split():
        done = subprocess.run(["git", "show", f"{commit}:{name}"], cwd=work.folder,
                              capture_output=True, check=False)
        if done.returncode == 0 and hash_of_file(done.stdout) == digest:
            return done.stdout, work.git("ls-tree", commit, "--", name).startswith("100755")
    return None


def read_unpacked(work: Work) -> Unpacked:
    """Compares a tree with the list that it came with."""
    tree = Unpacked()
    path = work.folder / MANIFEST
    text = path.read_bytes() if path.is_file() else b""
    listed = read_manifest(text.decode(errors="replace"))
    if not listed:
        tree.altered.append(MANIFEST)
        return tree
    tree.given[MANIFEST] = (text, False)
    tree.added = sorted(name for name in all_files(work) if name not in listed
                        and name != MANIFEST and not work.is_own(name))
    for name, digest in listed.items():
        path = work.folder / name
        found = (path.read_bytes(), os.access(path, os.X_OK)) if path.is_file() else None
        if found is None or hash_of_file(found[0]) != digest:
            first = original(work, name, digest)
            (tree.restored if first else tree.altered).append(name)
            found = first or found
        if found:
            tree.given[name] = found
    return tree
