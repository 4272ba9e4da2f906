"""The search for secrets in every object of a git repository: reachable or not."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from cairn_labs.course.leaks import Secrets
from cairn_labs.errors import SourceError


def git(repository: Path, *words: str) -> str:
    """What a git command prints."""
    done = subprocess.run(["git", "-C", str(repository), *words], capture_output=True, check=False)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise SourceError(str(repository), 0, f"git {words[0]}: {said}")
    return done.stdout.decode(errors="surrogateescape")


def paths_by_object(repository: Path) -> dict[str, str]:
    """A path for each tree and blob that some branch or tag, or the log of one, reaches."""
    paths: dict[str, str] = {}
    for line in git(repository, "rev-list", "--objects", "--all", "--reflog").splitlines():
        number, _, path = line.partition(" ")
        if path:
            paths.setdefault(number, path)
    return paths


def all_objects(repository: Path) -> Iterator[tuple[str, str, bytes]]:
    """Number, kind and content of every object that the repository stores."""
    command = ["git", "-C", str(repository), "cat-file", "--batch", "--batch-all-objects",
               "--unordered"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while header := process.stdout.readline():
            number, kind, size = header.decode().split()
            data = process.stdout.read(int(size))
            process.stdout.read(1)
            yield number, kind, data
    if process.returncode != 0:
        raise SourceError(str(repository), 0, "git cat-file can't read all objects")


def names_in(tree: bytes) -> Iterator[str]:
    """The names in a tree object: `mode name NUL twenty bytes`, again and again."""
    while tree:
        name, _, rest = tree.partition(b"\0")
        yield name.partition(b" ")[2].decode(errors="replace")
        tree = rest[20:]


def scan_repository(repository: Path, secrets: Secrets) -> list[SourceError]:
    """Everything in a repository that must not be there, by path or else by object."""
    paths = paths_by_object(repository)
    found = []
    for number, kind, data in all_objects(repository):
        path = paths.get(number, "")
        name = path or f"{kind} {number[:12]}"
        if kind == "tree":
            full = (f"{path}/{entry}" if path else entry for entry in names_in(data))
            found += [SourceError(entry, 0, f"is {what}") for entry in full
                      if (what := secrets.is_foreign(entry))]
        else:
            found += [SourceError(f"{name} ({number[:12]})" if path else name, error.line,
                                  error.text) for error in secrets.find(name, data)]
    return found
