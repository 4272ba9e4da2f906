"""What x86-64 has to measure of its clocks, on a host that does other things meanwhile.

How well it is measured then depends on the host, so no test says it: the chapter of lab 03 does.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cairn.architectures import PROJECT

from cairn_labs.grader import grader_path

from selftest.busy import busy_host

pytest_plugins = ["selftest.monitor_fixtures"]

TIMER = re.compile(rb"the local APIC's timer runs at ([1-9]\d*) Hz")
UNKNOWN = re.compile(rb"frequency is not known")
BOOTS = 5


def boot_until(pattern: re.Pattern[bytes], qemu: str = "") -> None:
    """Boots as `make run` does, in real time, until a line has what the pattern finds."""
    with subprocess.Popen(
        [sys.executable, "-m", "cairn", "run", "--arch", "x86_64", "--append", "log=debug",
         f"--qemu={qemu}"],
        env={**os.environ, "PYTHONPATH": grader_path(PROJECT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as machine:
        assert machine.stdout is not None
        try:
            for line in machine.stdout:
                if pattern.search(line):
                    return
                assert not UNKNOWN.search(line)
        finally:
            machine.kill()
    raise AssertionError("the machine ended")


def test_given_a_busy_host_then_all_frequencies_are_found(arch: str, kernel: Path) -> None:
    if arch != "x86_64":
        pytest.skip("the other architectures are told")
    assert kernel.is_dir()
    with busy_host():
        for _ in range(BOOTS):
            boot_until(TIMER)


def test_given_no_interval_timer_then_the_kernel_says_that_it_guesses(arch: str,
                                                                      kernel: Path) -> None:
    if arch != "x86_64":
        pytest.skip("the other architectures are told")
    assert kernel.is_dir()
    boot_until(UNKNOWN, "-machine pit=off")
