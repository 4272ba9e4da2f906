"""A grading session: one folder with the images under test and all that the workers must know."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from cairn.architectures import ARCHITECTURES, PROJECT
from cairn.build import build, locked
from cairn.lanes import Exact
from cairn.machine import Machine, MachineError, Setup

SESSIONS = PROJECT / "build" / "sessions"
FACTS = "session.json"
CHOSEN = "chosen.json"
LOCK = "lock"

# Host time from starting QEMU to its answer, where this was written.
REFERENCE_START_SECONDS = 0.08
# The sanitizer's checks make code slower by about this much.
SANITIZER_SCALE = 4


@dataclass(frozen=True)
class Session:
    """What every test of a session has in common."""

    folder: Path
    arch: str
    sanitized: bool
    seed: int
    host_factor: float  # how much slower this host is than the reference, at least 1
    image_hash: str
    logs: Path
    keep: bool = False  # whether the tests' folders stay until the session ends

    @property
    def image(self) -> Path:
        """What QEMU boots."""
        return self.folder / ARCHITECTURES[self.arch].image

    @property
    def elf(self) -> Path:
        """The same with debugging information."""
        return self.folder / "kernel.elf"

    @property
    def budget_scale(self) -> int:
        """What guest-time budgets are multiplied with."""
        return SANITIZER_SCALE if self.sanitized else 1

    def save(self) -> None:
        """Writes the facts down for the workers."""
        facts = {**asdict(self), "folder": str(self.folder), "logs": str(self.logs)}
        (self.folder / FACTS).write_text(json.dumps(facts))

    def choose(self, part: str, tests: Sequence[str]) -> None:
        """Decides which tests run: those named, and all whose names have `part` in them."""
        (self.folder / CHOSEN).write_text(json.dumps({"part": part, "tests": list(tests)}))

    def is_chosen(self, test: str) -> bool:
        """Whether a test is to run."""
        chosen = json.loads((self.folder / CHOSEN).read_text())
        return test in chosen["tests"] or chosen["part"] in test

    @staticmethod
    def load(folder: Path) -> Session:
        """Reads what save() wrote."""
        facts = json.loads((folder / FACTS).read_text())
        facts["folder"], facts["logs"] = Path(facts["folder"]), Path(facts["logs"])
        return Session(**facts)


def measure_host(arch: str, folder: Path) -> float:
    """How much slower this host is than the reference, by starting and stopping an empty machine.

    Only the back-stop limits in host time are scaled with it; they never cost or grant a mark.
    """
    setup = Setup(arch=arch, image=None, lane=Exact(seed=1))
    began = time.monotonic()
    with Machine(setup, folder) as machine:
        machine.wait(lambda: machine.saw("RESUME"), 60.0)
        if not machine.saw("RESUME"):
            raise MachineError(f"{machine.arch.emulator} does not start within a minute")
        taken = time.monotonic() - began
        machine.quit()
    return max(1.0, taken / REFERENCE_START_SECONDS)


def sweep() -> None:
    """Removes the folders of sessions that were killed: those whose lock nobody holds."""
    for folder in SESSIONS.glob("*"):
        try:
            with (folder / LOCK).open("w") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # It is in use.


@contextmanager
def session_folder() -> Iterator[Path]:
    """A private folder that goes away with the session."""
    SESSIONS.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        # One at a time: a folder that is not locked yet looks like one that was left.
        with locked(SESSIONS.with_suffix(".lock")):
            sweep()
            folder = Path(tempfile.mkdtemp(dir=SESSIONS))
            held.enter_context(locked(folder / LOCK))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def open_session(
    arch: str, sanitized: bool, seed: int, probes: Sequence[Path], keep: bool = False
) -> Iterator[Session]:
    """Builds the kernel and prepares a session in a folder that goes away with it."""
    with session_folder() as folder:
        build(arch, sanitized, probes, folder)
        image = (folder / ARCHITECTURES[arch].image).read_bytes()
        session = Session(
            folder=folder,
            arch=arch,
            sanitized=sanitized,
            seed=seed,
            host_factor=measure_host(arch, folder / "calibration"),
            image_hash=hashlib.sha256(image).hexdigest(),
            logs=PROJECT / "build" / arch / "grade-logs",
            keep=keep,
        )
        session.save()
        yield session
