"""The monitor's serial line: editing, completion, and the commands after which it falls silent."""

from __future__ import annotations

import pytest

from cairn.machine import End
from selftest.monitor_session import PROMPT, Monitor

pytest_plugins = ["selftest.monitor_fixtures"]

#: The exit status that QEMU has after the kernel gives up with status 32, or is asked for status 5.
PANIC_EXIT = {"x86_64": 65, "aarch64": 0, "riscv64": 32}
STATUS_5_EXIT = {"x86_64": 11, "aarch64": 0, "riscv64": 5}


# --- the line editor on a real line --------------------------------------------------------------


def test_editing_keys_work_on_the_serial_line(monitor: Monitor) -> None:
    monitor.type("elp poke\x01h\x05\x17peek\r")
    assert monitor.read_to_prompt().splitlines()[-1].startswith("  show COUNT values")
    monitor.type("\033[A\033[D\033[D\033[3~\033[3~ek\r")
    assert monitor.read_to_prompt().splitlines()[-1].startswith("  show COUNT values")


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("upt\t", "uptime "),
        ("hel\tpe\t", "help peek "),
        ("memory \t", "memory firmware "),
        ("log w\t", "log warning "),
        ("boot pr\t", "boot processors "),
        ("panic o\t", "panic overflow "),
        ("peek kernel_m\t", "peek kernel_main "),
        ("symbols memory_map_n\t", "symbols memory_map_normalise "),
    ],
)
def test_tab_completes_what_is_clear(monitor: Monitor, keys: str, line: str) -> None:
    monitor.type(keys)
    assert monitor.read_until(line) == line
    monitor.type("\x03")
    assert monitor.read_to_prompt() == "^C\n"


@pytest.mark.parametrize(
    "keys", ["zork\t", "uptime x\t", "zork x\t", "memory firmware x\t", '"a b\t']
)
def test_tab_rings_when_nothing_fits(monitor: Monitor, keys: str) -> None:
    monitor.type(keys)
    assert monitor.read_until("\a") == keys.rstrip("\t") + "\a"
    monitor.type("\x03")
    monitor.read_to_prompt()


def test_second_tab_lists_the_candidates(monitor: Monitor) -> None:
    monitor.type("po\t\t")
    assert monitor.read_until("\n") == "po\a\r\n"
    assert monitor.read_until("\n").split() == ["poke", "poweroff"]
    assert monitor.read_until(PROMPT + "po") == PROMPT + "po"
    monitor.type("k\t\x03")
    assert monitor.read_to_prompt() == "ke ^C\n"


# --- ends ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "report"),
    [
        ("panic", ["asked for on the monitor", "panic_run+", "monitor_loop+", "kernel_main+"]),
        ("panic fault", ["0000000000000010", "write_to_bad_address+", "kernel_main+"]),
        ("panic overflow", ["guard page", "overflow_stack+"]),
    ],
)
def test_panic_reports_and_ends_the_machine(
    fresh: Monitor, arch: str, line: str, report: list[str]
) -> None:
    end, said = fresh.last_words(line)
    assert end == End.OFF
    assert "*** kernel panic: " in said
    assert "kernel/monitor/command_panic.c:" in said
    assert [text for text in report if text not in said] == []
    assert fresh.machine.exit_status == PANIC_EXIT[arch]


def test_poweroff_ends_the_machine(fresh: Monitor) -> None:
    assert fresh.ask("poweroff 64") == ["poweroff: out of range"]
    end, said = fresh.last_words("poweroff")
    assert (end, said, fresh.machine.exit_status) == (End.OFF, "poweroff\n", 0)


def test_poweroff_tells_the_host_a_status(fresh: Monitor, arch: str) -> None:
    end, _ = fresh.last_words("poweroff 5")
    assert (end, fresh.machine.exit_status) == (End.OFF, STATUS_5_EXIT[arch])


def test_reboot_resets_the_machine(fresh: Monitor) -> None:
    end, _ = fresh.last_words("reboot")
    assert end == End.RESET
