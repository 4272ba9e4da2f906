"""What x86-64 has to measure of its clocks, on a host that does other things meanwhile."""

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

TIMER = re.compile(rb"the local APIC's timer runs at (\d+) Hz")
BOOTS = 5


def console_until(pattern: re.Pattern[bytes]) -> bytes:
    """Boots as `make run` does, in real time, and gives what the pattern's group finds."""
    with subprocess.Popen(
        [sys.executable, "-m", "cairn", "run", "--arch", "x86_64", "--append", "log=debug"],
        env={**os.environ, "PYTHONPATH": grader_path(PROJECT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as machine:
        assert machine.stdout is not None
        try:
            for line in machine.stdout:
                assert b"frequency is not known" not in line
                if found := pattern.search(line):
                    return found[1]
        finally:
            machine.kill()
    raise AssertionError("the machine ended")


def test_given_a_busy_host_then_the_timer_is_measured_well(arch: str, kernel: Path) -> None:
    if arch != "x86_64":
        pytest.skip("the other architectures are told")
    assert kernel.is_dir()
    with busy_host():
        came = [int(console_until(TIMER)) for _ in range(BOOTS)]
    # QEMU's runs at 1 GHz.
    assert all(abs(hertz - 10**9) < 5 * 10**6 for hertz in came), came
