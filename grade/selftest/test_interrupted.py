"""Whatever ends the grader, no emulator outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cairn.architectures import PROJECT

from cairn_labs.grader import grader_path

HOSTILE = Path(__file__).resolve().parent / "hostile"
START_SECONDS = 120.0
END_SECONDS = 10.0


def command_lines() -> dict[int, str]:
    """Every process and its arguments."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            found[int(entry.name)] = words.replace(b"\0", b" ").decode("utf-8", "replace")
    return found


def descendants(parent: int) -> set[int]:
    """The processes that a process has started, and those that they have."""
    parents = {}
    for number in command_lines():
        try:
            status = Path(f"/proc/{number}/stat").read_text()
        except OSError:
            continue
        parents[number] = int(status.rpartition(")")[2].split()[1])
    family = {parent}
    while True:
        more = {number for number, above in parents.items() if above in family} - family
        if not more:
            return family - {parent}
        family |= more


def emulators(family: set[int]) -> set[int]:
    """The emulators among some processes."""
    lines = command_lines()
    return {n for n in family if lines.get(n, "").startswith("qemu-system")}


def start_endless(arch: str, jobs: int) -> tuple[subprocess.Popen[bytes], set[int]]:
    """Starts a grading run that would go on for minutes. Returns it and its processes."""
    words = ["--arch", arch, "--lab", "1", "--test", "test_endless", "--jobs", str(jobs)]
    grader = subprocess.Popen(
        [sys.executable, "-m", "cairn", "grade", "--extra", str(HOSTILE), *words],
        env={**os.environ, "PYTHONPATH": grader_path(PROJECT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        # A shell starts what runs in the background with SIGINT ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and grader.poll() is None:
        family = descendants(grader.pid)
        running = {n for n in emulators(family) if "boot1" in command_lines().get(n, "")}
        if running:
            return grader, family
        time.sleep(0.1)
    grader.kill()
    pytest.fail("the grading run did not start its machine")


def alive(family: set[int]) -> set[int]:
    """Those that still run; a process that only waits to be collected does not."""
    left = set()
    for number in family:
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            left.add(number)
    return left


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_grader(arch: str, kind: signal.Signals, jobs: int) -> None:
    grader, family = start_endless(arch, jobs)
    try:
        grader.send_signal(kind)
        grader.wait(timeout=30)
        deadline = time.monotonic() + END_SECONDS
        while alive(family) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not alive(family)
    finally:
        for number in alive(family):
            os.kill(number, signal.SIGKILL)
    if kind is not signal.SIGKILL:
        assert grader.returncode == 130, "an interrupted run says so"
