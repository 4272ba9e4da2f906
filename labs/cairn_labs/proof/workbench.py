"""A folder in which trees are laid out, built and graded, one after the other.

It stays from run to run, so that make builds only what differs from the tree before.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cairn_labs.course.stage import Tree
from cairn_labs.grader import grader_path
from cairn_labs.proof.judge import LINES, indented
from cairn_labs.proof.keys import image_key
from cairn_labs.road.submission import lay_out

#: Against hangs only: a whole grading takes some ten seconds.
SECONDS = 900
WARNING = re.compile(r"\bwarning:", re.IGNORECASE)
TROUBLE = re.compile(r"\b(?:warning|error):|\*\*\*|undefined reference|multiple definition",
                     re.IGNORECASE)
#: What a make that is above this one tells its own children.
FOREIGN = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "GNUMAKEFLAGS", "ARCH", "LAB",
           "SEED", "TEST", "JOBS", "JSON", "FULL", "FRESH", "SAN", "VARIANT", "PROBES", "OUT")
#: The grader's exit statuses that come with marks.
MARKED = (0, 1)


class Wrong(Exception):
    """A tree does not do what it should; `command` shows it, in the tree."""

    def __init__(self, text: str, command: str) -> None:
        super().__init__(text)
        self.command = command


class Processes:
    """The programs that run, so that all of them end when this one is interrupted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._stopped = False

    def run(self, command: Sequence[str], folder: Path, **more: str) -> tuple[int, str]:
        """Runs a program to its end; its status and all that it said."""
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        with self._lock:
            if self._stopped:
                raise KeyboardInterrupt
            process = subprocess.Popen(
                command, cwd=folder, env={**kept, **more}, stdin=subprocess.DEVNULL, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                errors="replace")
            self._running.add(process)
        try:
            said, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said = process.communicate()[0] + f"\nerror: it took more than {SECONDS} seconds"
        finally:
            with self._lock:
                self._running.discard(process)
        return process.returncode, said

    def stop(self) -> None:
        """Ends everything that runs."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                process.terminate()


def useful(said: str) -> str:
    """The lines of a build that tell what is wrong; its last ones when none does."""
    lines = said.splitlines()
    found = [line for line in lines if TROUBLE.search(line)]
    return indented("\n".join(found or lines[-LINES:]))


class Workbench:
    """One folder."""

    def __init__(self, folder: Path, processes: Processes) -> None:
        self.folder = folder
        self.processes = processes
        self.mark = folder / "build" / "unfinished"

    def lay_out(self, tree: Tree) -> None:
        """Makes the folder hold a tree, and what was built of others."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lay_out(self.folder, {name: (file.data, file.executable) for name, file in tree.items()})

    def build(self, arch: str, variant: str) -> str:
        """Builds a kernel; what it is known by. Raises Wrong for an error or a warning.

        A warning is told only when a file is compiled. So after one, and after a build that was
        interrupted, everything is built again.
        """
        if self.mark.exists():
            shutil.rmtree(self.mark.parent)
        self.mark.parent.mkdir(exist_ok=True)
        self.mark.touch()
        words = ["kernel", f"ARCH={arch}", f"VARIANT={variant}", "SAN=0", "PROBES="]
        jobs = len(os.sched_getaffinity(0))
        status, said = self.processes.run(["make", f"-j{jobs}", *words], self.folder)
        again = f"make kernel ARCH={arch} VARIANT={variant}"
        if status != 0:
            raise Wrong(f"does not build (VARIANT={variant}):{useful(said)}", again)
        if WARNING.search(said):
            raise Wrong(f"does not build without a warning (VARIANT={variant}):{useful(said)}",
                        again)
        folder = self.folder / "build" / arch / variant
        if not (folder / "kernel.elf").is_file():
            raise Wrong(f"builds, and there is no kernel (VARIANT={variant})", again)
        self.mark.unlink()
        return image_key(folder)

    def grade(self, arch: str, lab: str, seed: int) -> dict[str, Any]:
        """Grades a lab, or `all`, with the tree's own grader. Raises Wrong when that fails."""
        path = self.folder / "build" / "report.json"
        path.unlink(missing_ok=True)
        command = [sys.executable, "-m", "cairn", "grade", "--arch", arch, "--lab", lab,
                   "--seed", str(seed), "--jobs", "1", "--json", str(path)]
        status, said = self.processes.run(command, self.folder, PYTHONPATH=grader_path(self.folder),
                                          PYTHONPYCACHEPREFIX=str(self.folder / "build/pycache"))
        report = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if not report or status not in MARKED and not report["problems"]:
            raise Wrong(f"can't be graded (status {status}):{useful(said)}",
                        f"make grade LAB={lab} ARCH={arch} SEED={seed}")
        return dict(report)
