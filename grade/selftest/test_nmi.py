"""Non-maskable interrupts, as a PC's button asks for them, and machine checks are reported."""

from __future__ import annotations

from typing import Any

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


def test_given_the_monitor_when_a_machine_check_comes_then_it_is_reported(
        arch: str, fresh: Monitor) -> None:
    if arch != "x86_64":
        pytest.skip("the other machines have none")
    # In bank 1: valid, uncorrected, enabled, the processor's context corrupt.
    injected: dict[str, Any] = {"command-line": "mce 0 1 0xb200000000000000 4 0 0"}
    fresh.machine.command("human-monitor-command", **injected)
    fresh.read_until("\n*** kernel panic: machine check")
    fresh.read_until("backtrace:")
    assert "monitor_loop" in fresh.read_until("kernel_main")
    assert fresh.machine.finish(lambda: SECONDS) is End.OFF
