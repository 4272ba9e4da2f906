"""`make gdb`: what is typed before the guest listens is kept, and reaches it whole."""

from __future__ import annotations

import pytest
from selftest.monitor_session import build_kernel
from selftest.test_replay import gdb_says


@pytest.fixture(autouse=True)
def kernel(arch: str) -> None:
    build_kernel(arch, "debug")


def test_a_line_that_is_typed_early_arrives_whole(arch: str) -> None:
    text = gdb_says(["gdb", "--arch", arch], [
        "break uptime_run", "type uptime", "continue", "print count",
        "type uptime twice", "continue", "print count"])
    assert text.count("Breakpoint 1, uptime_run") == 2, text
    assert "$1 = 1" in text and "$2 = 2" in text
    assert text.count("This is typed when the monitor shows its prompt.") == 1


def test_lines_that_are_typed_early_keep_their_order(arch: str) -> None:
    text = gdb_says(["gdb", "--arch", arch], [
        "break uptime_run", "type version-of-nothing", "type uptime", "continue"])
    assert "Breakpoint 1, uptime_run" in text
    assert text.index("version-of-nothing") < text.index("Breakpoint 1, uptime_run")
