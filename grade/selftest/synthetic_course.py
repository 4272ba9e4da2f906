"""The project with two small further labs, NEXT and AFTER, in a git repository of its own.

They are cairn_labs.proof.followers': stages and the student's road are tried with them, since they
do all that a lab can do to an earlier one.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from cairn.architectures import PROJECT

from cairn_labs.proof.followers import copy_project, numbers

#: The numbers of the two labs.
NEXT, AFTER = numbers(PROJECT)
#: All labs, those two as well.
LABS = tuple(range(1, AFTER + 1))
GIT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MAKE"))},
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A. Student", "GIT_AUTHOR_EMAIL": "student@example.org",
    "GIT_COMMITTER_NAME": "A. Student", "GIT_COMMITTER_EMAIL": "student@example.org",
}


def run(folder: Path, *command: str, status: int = 0) -> str:
    """Runs a command in a folder; what it said."""
    done = subprocess.run(command, cwd=folder, env=GIT, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == status, f"{' '.join(command)} gave {done.returncode}:\n{said}"
    return said


def git(folder: Path, *words: str) -> str:
    """Runs git in a folder; what it said."""
    return run(folder, "git", *words)


def commit(folder: Path, message: str) -> None:
    """Commits all that changed."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def make_course(folder: Path) -> Path:
    """Makes the repository; its one commit has all labs."""
    copy_project(PROJECT, folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "The course")
    return folder
