"""`make grade` in a student's tree: the course's own files with the student's laid over them.

What counts in the end counts at once: only the student's own files go into the tree that is
graded, and the report lists what was left out. When nothing is to be left out, the student's tree
is graded as it is. A tree without the course's history: see cairn_labs.road.unpacked.
"""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cairn_labs.road.unpacked import read_unpacked
from cairn_labs.road.work import REMOTES, Release, Trouble, Work

FOLDERS = {"own": "build/submission", "reference": "build/on-reference"}
OWN = "own"
REFERENCE = "reference"


@dataclass(frozen=True)
class Submission:
    """What is graded."""

    folder: Path
    ignored: tuple[str, ...]
    hash: str  # of the student's own files
    altered: tuple[str, ...] = ()  # the course's, graded as the student changed them


def own_files(work: Work) -> dict[str, bytes]:
    """The student's own files as they are now, committed or not."""
    if work.is_repository:
        options = ("-z", "--cached", "--others", "--exclude-standard")
        listed = work.git("ls-files", *options).split("\0")
    else:
        listed = [str(path.relative_to(work.folder)) for folder in
                  [*("answers", "kernel/own", "own", "user/own"), *work.exercise_files]
                  for path in [work.folder / folder, *(work.folder / folder).rglob("*")]]
    return {name: (work.folder / name).read_bytes() for name in sorted(set(listed))
            if name and work.is_own(name) and (work.folder / name).is_file()}


def hash_of(files: dict[str, bytes]) -> str:
    """What identifies a submission."""
    total = hashlib.sha256()
    for name, data in sorted(files.items()):
        total.update(f"{name}\0{len(data)}\0".encode() + data)
    return total.hexdigest()


def ignored_files(work: Work, base: Release) -> list[str]:
    """What the student changed, added or removed that is not theirs."""
    changed = work.git("diff", "--no-renames", "--name-only", "-z", base.commit, "--").split("\0")
    new = work.git("ls-files", "-z", "--others", "--exclude-standard").split("\0")
    return sorted({name for name in [*changed, *new] if name and not work.is_own(name)})


def given_files(work: Work, commit: str) -> dict[str, tuple[bytes, bool]]:
    """The course's files in a commit: contents, and whether they are programs."""
    entries = {name: facts.split() for name, facts in work.tree(commit).items()
               if not work.is_own(name)}
    asked = "".join(f"{facts[2]}\n" for facts in entries.values())
    done = subprocess.run(["git", "cat-file", "--batch"], cwd=work.folder, input=asked.encode(),
                          capture_output=True, check=True).stdout
    files = {}
    for name, facts in entries.items():
        header, _, done = done.partition(b"\n")
        size = int(header.split()[2])
        files[name] = (done[:size], facts[0] == "100755")
        done = done[size + 1:]
    return files


def reference_branch(work: Work, lab: int) -> str:
    """The branch with the released solutions of the labs before one; "" when there is none."""
    names = (f"{remote}/lab/{lab:02}-start" for remote in REMOTES)
    return next((name for name in names if work.try_git(
        "rev-parse", "--verify", "--quiet", name).returncode == 0), "")


def reference_files(work: Work, lab: int) -> dict[str, bytes]:
    """The released solutions of the labs before one."""
    branch = reference_branch(work, lab)
    if not branch:
        raise Trouble(f"the solutions before lab {lab} are not released; BASE=reference needs "
                      f"lab/{lab:02}-start")
    return {name: subprocess.run(["git", "show", f"{branch}:{name}"], cwd=work.folder,
                                 capture_output=True, check=True).stdout
            for name, owner in work.exercise_files.items() if owner < lab}


def lay_out(folder: Path, files: dict[str, tuple[bytes, bool]]) -> None:
    """Makes a folder hold just these files, besides build/; what is right is not touched."""
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_file() and name not in files and not name.startswith("build/"):
            path.unlink()
    for name, (data, executable) in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != data:
            path.write_bytes(data)
        path.chmod(0o755 if executable else 0o644)


def assemble_unpacked(work: Work, own: dict[str, bytes]) -> Submission:
    """Puts together what is graded of a tree without the course's history."""
    tree = read_unpacked(work)
    altered = tuple(tree.altered)
    if not tree.added and not tree.restored:
        return Submission(work.folder, (), hash_of(own), altered)
    folder = work.folder / FOLDERS[OWN]
    lay_out(folder, {**tree.given, **{name: (data, False) for name, data in own.items()}})
    return Submission(folder, tuple(sorted([*tree.added, *tree.restored])), hash_of(own), altered)


def assemble(work: Work, lab: int, base: str) -> Submission:
    """Puts together what is graded. Raises Trouble when the reference is not released."""
    own = own_files(work)
    release = work.base()
    if release is None:
        if base == REFERENCE:
            raise Trouble("this tree has no history of the course; `make merge` adopts it")
        return assemble_unpacked(work, own)
    ignored = ignored_files(work, release)
    if base == OWN and not ignored:
        return Submission(work.folder, (), hash_of(own))
    files = given_files(work, release.commit)
    files.update((name, (data, False)) for name, data in own.items())
    if base == REFERENCE:
        files.update((name, (data, False)) for name, data in reference_files(work, lab).items())
    folder = work.folder / FOLDERS[base]
    lay_out(folder, files)
    return Submission(folder, tuple(ignored), hash_of(own))
