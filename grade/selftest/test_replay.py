"""`make replay` and `make gdb`: GDB reaches the place it was asked for, and back where QEMU can."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cairn.architectures import PROJECT
from cairn.replay import REVERSIBLE

from cairn_labs.grader import grader_path

HOSTILE = Path(__file__).resolve().parent / "hostile"


def gdb_says(words: list[str], commands: list[str]) -> str:
    """What a session prints when those commands are typed into GDB."""
    done = subprocess.run(
        [sys.executable, "-m", "cairn", *words],
        env={**os.environ, "PYTHONPATH": grader_path(PROJECT), "TERM": "dumb"},
        input="\n".join([*commands, "quit", ""]),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    return done.stdout + done.stderr


def test_a_replay_stops_where_the_test_was(arch: str) -> None:
    commands = ["break hostile_spin", "continue", "print/x $pc"]
    if arch in REVERSIBLE:
        commands += ["stepi", "reverse-stepi", "print/x $pc"]
    words = ["replay", "--arch", arch, "--lab", "1", "--seed", "3", "--extra", str(HOSTILE)]
    text = gdb_says([*words, "--test", "test_marks_sound"], commands)
    assert "test_marks_sound: passed" in text
    assert "hostile_spin (request=" in text
    assert ("Not backwards" in text) == (arch not in REVERSIBLE)
    if arch in REVERSIBLE:
        shown = [line for line in text.splitlines() if "$1 =" in line or "$2 =" in line]
        places = [line.split()[-1] for line in shown]
        assert len(places) == 2
        assert places[0] == places[1]


def test_a_replay_of_nothing_is_refused(arch: str) -> None:
    assert "say which test" in gdb_says(["replay", "--arch", arch], [])
