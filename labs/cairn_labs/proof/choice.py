"""What is proved: everything, or what a change touches and a canary for the rest."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from cairn_labs.errors import SourceError

ARCHES = ("x86_64", "aarch64", "riscv64")
#: What no tree of a student can come out worse by.
HARMLESS = ("*.md", "*.dot", "docs/*", "LICENSE", "Doxyfile", ".*", "grade/selftest/*",
            "grade/check/*", "grade/host/*", "grade/bench/*", "labs/*/mutants/*")
#: What every lab rests on: the canary speaks for all of them.
TOOLS = ("grade/cairn/*", "grade/schema/*", "grade/*.mk", "grade/pytest.ini", "labs/cairn_labs/*",
         "labs/*.mk", "labs/student/*")
Pairs = frozenset[tuple[int, str]]


@dataclass(frozen=True)
class Choice:
    """Labs and architectures: proved fully, or by their solutions' marks alone."""

    full: Pairs
    canary: Pairs
    why: str


def in_rotation(commits: int) -> str:
    """The architecture whose turn it is."""
    return ARCHES[commits % len(ARCHES)]


def choose(labs: Sequence[int], owners: Callable[[str], Iterable[int]],
           changed: Sequence[str] | None, rotating: str) -> Choice:
    """What a change touches, and what stands for the rest.

    - One architecture is in rotation, by the number of commits. On it the solution of every lab is
      graded: the canary. All trees are released and merged whatever was changed.
    - A file of a lab touches that lab: it is proved fully, on the file's own architecture and the
      one in rotation when it lies in kernel/arch/<arch>/, else on all three.
    - Later labs contain that file too. The last one, which rests on all others, is proved fully on
      the architecture in rotation; for those between the canary has to do.
    - The grader and the course's tools touch every lab: the canary is for them, and the last lab.
    - Texts, mutants and the project's own checks touch no tree.

    `owners` gives the labs that a file belongs to. A file that none claims counts as a tool; with
    `changed` None, nobody knows what was changed, and everything is proved.
    """
    everything = frozenset((lab, arch) for lab in labs for arch in ARCHES)
    if changed is None:
        return Choice(everything, frozenset(), "the history does not tell what was changed")
    full: set[tuple[int, str]] = set()
    names = [name for name in changed if not any(fnmatchcase(name, glob) for glob in HARMLESS)]
    for name in names:
        is_tool = any(fnmatchcase(name, glob) for glob in TOOLS)
        touched = [] if is_tool else [lab for lab in owners(name) if lab in labs]
        own = next((arch for arch in ARCHES if name.startswith(f"kernel/arch/{arch}/")), None)
        arches = {own, rotating} if own else set(ARCHES)
        full |= {(lab, arch) for lab in touched for arch in arches}
    if names:
        full.add((max(labs), rotating))
    told = ", ".join(str(lab) for lab in sorted({lab for lab, _ in full})) or "no lab"
    return Choice(frozenset(full), frozenset((lab, rotating) for lab in labs) - full,
                  f"{len(names)} changed files that matter touch {told}; "
                  f"{rotating} in rotation")


def narrowed(choice: Choice, labs: Sequence[int], arch: str) -> Choice:
    """A choice for some labs, or for one architecture, alone."""
    def some(pairs: Pairs) -> Pairs:
        return frozenset((lab, own) for lab, own in pairs if lab in labs and arch in ("", own))

    return Choice(some(choice.full), some(choice.canary), choice.why)


def git(project: Path, *words: str) -> str | None:
    """What git prints; None when it fails."""
    done = subprocess.run(["git", *words], cwd=project, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def changed_files(project: Path, since: str) -> list[str] | None:
    """The files that differ from the last commit in common with another, committed or not.

    None when the history does not reach so far. Raises SourceError for a commit that is not there.
    """
    base = git(project, "merge-base", since or "HEAD~1", "HEAD")
    if base is None:
        if since:
            raise SourceError("SINCE", 0, f"git knows no {since!r} that this work comes from")
        return None
    differ = git(project, "diff", "--no-renames", "--name-only", "-z", base.strip(), "--") or ""
    new = git(project, "ls-files", "-z", "--others", "--exclude-standard") or ""
    return sorted({name for name in [*differ.split("\0"), *new.split("\0")] if name})


def commit_count(project: Path) -> int:
    """How many commits lead here; 0 without a history."""
    return int(git(project, "rev-list", "--count", "HEAD") or 0)
