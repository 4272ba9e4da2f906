"""`make grade STRETCHES=1`: what it measures is told, and no test of interrupts fails by it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from cairn.architectures import PROJECT

from cairn_labs.grader import grader_path


@pytest.mark.slow
def test_given_stretches_then_devices_interrupt_as_ever(arch: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cairn", "grade", "--arch", arch, "--lab", "3", "--seed", "3",
         "--jobs", "1", "--test", "whole_a_"],
        env={**os.environ, "PYTHONPATH": grader_path(PROJECT), "TERM": "dumb", "STRETCHES": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout.count("passed") >= 9, done.stdout
    assert done.returncode == 0, done.stdout
    told = re.search(r"^Interrupts were off for [\d,]+ instructions at most", done.stdout, re.M)
    assert told is not None, done.stdout
