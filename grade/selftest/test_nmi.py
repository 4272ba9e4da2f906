"""A non-maskable interrupt, as a PC's button or a failing chip asks for it, is reported."""

from __future__ import annotations

import pytest

from cairn.machine import End

from selftest.monitor_session import SECONDS, Monitor

pytest_plugins = ["selftest.monitor_fixtures"]


def test_given_the_monitor_when_an_nmi_comes_then_it_is_reported(arch: str, fresh: Monitor) -> None:
    if arch != "x86_64":
        pytest.skip("the other machines have none")
    fresh.machine.command("inject-nmi")
    fresh.read_until("\n*** kernel panic: non-maskable interrupt")
    fresh.read_until("backtrace:")
    assert "monitor_loop" in fresh.read_until("kernel_main")
    assert fresh.machine.finish(lambda: SECONDS) is End.OFF
