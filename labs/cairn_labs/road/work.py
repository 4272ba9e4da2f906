"""A student's tree: which files are theirs, where the course's are, and what git knows of both."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cairn_labs.description import Exercise, Lab, read_labs

#: Besides the files of the exercises.
OWN_FOLDERS = ("answers/", "kernel/own/", "own/", "user/own/")
STAGE = re.compile(r"(\d+) (handout|start|solution)")
REMOTES = ("course", "origin")


class Trouble(Exception):
    """Something that the student has to do first; nothing was changed."""


@dataclass(frozen=True)
class Release:
    """A commit of the course's."""

    commit: str
    lab: int
    kind: str


class Work:
    """The tree that a student works in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def try_git(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs git, whether it succeeds or not."""
        return subprocess.run(["git", *words], cwd=self.folder, capture_output=True, text=True,
                              check=False)

    def git(self, *words: str) -> str:
        """What a git command prints. Raises Trouble when it fails."""
        done = self.try_git(*words)
        if done.returncode != 0:
            raise Trouble(f"git {' '.join(words)} failed:\n{done.stderr.strip()}")
        return done.stdout

    @property
    def is_repository(self) -> bool:
        """Whether this folder is the top of a git repository."""
        done = self.try_git("rev-parse", "--show-toplevel")
        return done.returncode == 0 and Path(done.stdout.strip()) == self.folder.resolve()

    @cached_property
    def labs(self) -> list[Lab]:
        """The labs of this tree."""
        return read_labs(self.folder)

    @cached_property
    def exercises(self) -> dict[str, tuple[Lab, Exercise]]:
        """Every exercise with its lab, by number."""
        return {exercise.id: (lab, exercise) for lab in self.labs for exercise in lab.exercises}

    def exercise(self, number: str) -> tuple[Lab, Exercise]:
        """An exercise by its number, with its lab."""
        if number not in self.exercises:
            raise Trouble(f"there is no exercise {number!r} here; choose one of: "
                          f"{', '.join(self.exercises)}")
        return self.exercises[number]

    @cached_property
    def exercise_files(self) -> dict[str, int]:
        """The files of all exercises, with their labs."""
        return {name: lab.number for lab, exercise in self.exercises.values()
                for name in exercise.all_files}

    def is_own(self, name: str) -> bool:
        """Whether a file is the student's to write."""
        return name in self.exercise_files or name.startswith(OWN_FOLDERS)

    # --- the course's side -----------------------------------------------------------------------

    def releases(self, *tips: str) -> list[Release]:
        """The course's commits that some tips have behind them, the newest first."""
        listed = self.git("log", "--topo-order",
                          "--format=%H %(trailers:key=Cairn-Stage,valueonly,separator=%x2C)", *tips)
        found = []
        for line in listed.splitlines():
            commit, _, stage = line.partition(" ")
            match = STAGE.fullmatch(stage.strip())
            if match:
                found.append(Release(commit, int(match[1]), match[2]))
        return found

    def base(self) -> Release | None:
        """The course's commit that this tree builds on; None for a tree without such a history."""
        if not self.is_repository or self.try_git("rev-parse", "HEAD").returncode != 0:
            return None
        releases = self.releases("HEAD")
        last = max((release.lab for release in releases), default=0)
        return next((release for release in releases if release.lab == last), None)

    def fetch(self, address: str = "") -> str:
        """Gets the course's branches; the name of the remote that has them."""
        known = self.git("remote").split()
        if address:
            self.need_course(address)
        if address and "course" in known:
            self.git("remote", "set-url", "course", address)
        elif address:
            self.git("remote", "add", "course", address)
            known.append("course")
        for remote in REMOTES:
            if remote in known:
                self.git("fetch", "--quiet", remote)
                if self.git("branch", "--remotes", "--list", f"{remote}/lab/*").strip():
                    return remote
        raise Trouble("no remote of this repository has the course's branches; name the class's "
                      "repository once: make merge COURSE=address")

    def need_course(self, address: str) -> None:
        """Refuses an address that has no branches of the course, before it is noted."""
        done = self.try_git("ls-remote", "--heads", "--", address, "lab/*")
        if done.returncode != 0 or not done.stdout.strip():
            why = done.stderr.strip() or "it has no branch whose name begins with lab/"
            raise Trouble(f"COURSE={address} is not the class's repository:\n{why}")

    def branch(self, remote: str, lab: int, kind: str = "") -> str:
        """The remote branch of a lab, or Trouble when it is not released."""
        name = f"{remote}/lab/{lab:02}" + (f"-{kind}" if kind else "")
        if self.try_git("rev-parse", "--verify", "--quiet", name).returncode != 0:
            raise Trouble(f"{name} is not released yet")
        return name

    # --- the student's side ----------------------------------------------------------------------

    def need_clean(self) -> None:
        """Refuses to go on while there is work that no commit has."""
        if not self.is_repository:
            raise Trouble("this folder is not a git repository yet. Make it one:\n"
                          "    git init && git add --all && git commit -m 'My work so far'")
        changes = self.git("status", "--porcelain").splitlines()
        if changes:
            shown = "\n".join(f"    {line}" for line in changes[:8])
            more = f"\n    … and {len(changes) - 8} more" if len(changes) > 8 else ""
            raise Trouble("there is work that is not committed, and it shall not be lost:\n"
                          f"{shown}{more}\nCommit it, then try again:\n"
                          "    git add --all && git commit -m 'My work so far'")

    def tree(self, commit: str) -> dict[str, str]:
        """The files of a commit: names and what identifies their contents."""
        listed = self.git("ls-tree", "-r", "-z", commit).split("\0")
        entries = (entry.partition("\t") for entry in listed if entry)
        return {name: facts for facts, _, name in entries}

    def head(self) -> str:
        """The commit that the student is at."""
        return self.git("rev-parse", "HEAD").strip()
