"""Building the kernel under test: once, by the project's own Makefile, whoever asks first."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cairn.architectures import ARCHITECTURES, PROJECT, build_folder, processors_of_host, tool
from cairn.objects import check_objects, own_files
from cairn.scheme import exercise_files

# Make's own variables, which would carry another call's options into ours.
MAKE_VARIABLES = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "GNUMAKEFLAGS")


class BuildError(Exception):
    """The kernel does not build; the message is what the compiler said."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds an exclusive lock on a file, which may be waited for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make(*words: str) -> None:
    """Runs the project's make."""
    environment = {name: value for name, value in os.environ.items() if name not in MAKE_VARIABLES}
    command = ["make", "-C", str(PROJECT), f"-j{processors_of_host()}", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(f"the kernel does not build:\n{done.stdout[-2000:]}{done.stderr[-6000:]}")


def build(arch: str, sanitized: bool, probes: Sequence[Path], into: Path) -> None:
    """Builds the grading variant and copies what a boot needs into a private folder.

    Graders that run side by side take turns at the build folder. Raises BuildError, or Refused when
    the students' sources use what they may not.
    """
    with locked(PROJECT / "build" / f"grade-{arch}.lock"):
        make(
            "kernel",
            f"ARCH={arch}",
            "VARIANT=grade",
            f"SAN={int(sanitized)}",
            "PROBES=" + " ".join(str(folder.resolve()) for folder in probes),
        )
        folder = build_folder(arch, "grade", sanitized)
        check_objects(folder / "objects", [*exercise_files(), *own_files()], arch)
        for name in (ARCHITECTURES[arch].image, "kernel.elf", "symbols"):
            shutil.copyfile(folder / name, into / name)


def first_line(*command: str) -> str:
    """The first line that a command prints, or "" when it can't be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    except OSError:
        return ""
    return done.stdout.splitlines()[0].strip() if done.returncode == 0 and done.stdout else ""


def compiler_version(arch: str) -> str:
    """The compiler that builds for `arch`."""
    return first_line(tool(arch, "gcc"), "--version")


def emulator_version(arch: str) -> str:
    """The QEMU that emulates `arch`."""
    return first_line(ARCHITECTURES[arch].emulator, "--version")


def course_revision() -> str:
    """The tree's commit, with `-changed` when files differ from it; "" outside a repository."""
    revision = first_line("git", "rev-parse", "HEAD")
    if revision and first_line("git", "status", "--porcelain", "--untracked-files=no"):
        revision += "-changed"
    return revision
