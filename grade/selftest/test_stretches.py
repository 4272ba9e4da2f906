"""`make grade STRETCHES=1`: what it measures is told, and no test of interrupts fails by it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from cairn.architectures import PROJECT

from cairn_labs.grader import grader_path


# Lab 4's has exercises' code take locks, whose inline code measures.
@pytest.mark.slow
@pytest.mark.xdist_group("stretches")
@pytest.mark.parametrize("lab, tests, least", [(3, "whole_a_", 9), (4, "full_memory", 1)])
def test_given_stretches_then_devices_interrupt_as_ever(
    arch: str, lab: int, tests: str, least: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cairn", "grade", "--arch", arch, "--lab", str(lab), "--seed", "3",
         "--jobs", "1", "--test", tests],
        env={**os.environ, "PYTHONPATH": grader_path(PROJECT), "TERM": "dumb", "STRETCHES": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout.count("passed") >= least, done.stdout
    assert done.returncode == 0, done.stdout
    told = re.search(r"^Interrupts were off for [\d,]+ instructions at most", done.stdout, re.M)
    assert told is not None, done.stdout
