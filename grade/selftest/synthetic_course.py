"""The project with two small further labs, 02 and 03, in a git repository of its own.

Their files lie in synthetic/, with `.in` behind their names so that nothing takes them for files of
the project. Until there are real labs 02 and 03, stages and the student's road are tried with them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from cairn.architectures import PROJECT

from cairn_labs.tree import tracked_files

SYNTHETIC = Path(__file__).resolve().parent / "synthetic"
#: Lines that labs 02 and 03 put into files of lab 01: file, the text before them, the lines.
INSERTED = (
    ("kernel/include/cairn/errors.def", 'ERROR(USAGE, 17, "wrong usage")\n',
     '//@lab 2\nERROR(FULL, 18, "full")\n//@end\n'),
    ("kernel/init/main.c", "INIT_CALL(console, welcome);\n",
     "\n//@until 3\n/* Before there is a queue. */\n//@end\n"
     "\n//@lab 3\n/* Now that there is a queue. */\n//@end\n"),
)
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


def add_labs(folder: Path) -> None:
    """Puts labs 02 and 03 into a copy of the project."""
    for path in SYNTHETIC.rglob("*.in"):
        target = folder / path.relative_to(SYNTHETIC).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    for name, before, lines in INSERTED:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert before in text, f"{name} has changed: the tests' own labs don't fit any more"
        path.write_text(text.replace(before, before + lines), encoding="utf-8")


def make_course(folder: Path) -> Path:
    """Makes the repository; its one commit has all three labs."""
    for name in tracked_files(PROJECT):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, target)
    add_labs(folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "The course")
    return folder
