"""The kernel monitor of a booted kernel: what it says of itself and of the machine.

What a command says is held against what the host knows: the kernel's ELF file, and the machine that
was asked for.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from cairn.architectures import PROJECT
from selftest.monitor_answers import RANGE, UNITS, ranges, symbol
from selftest.monitor_session import Monitor, build_kernel

pytest_plugins = ["selftest.monitor_fixtures"]

COMMANDS = sorted(
    name
    for source in (PROJECT / "kernel/monitor").glob("command_*.c")
    for name in re.findall(r'MONITOR_COMMAND\(\w+\)\s*= \{\s*\.name = "(\w+)"', source.read_text())
)
MEMORY_BYTES = 256 << 20


# --- help, usage, unknown commands ---------------------------------------------------------------


def test_help_lists_every_command_once(monitor: Monitor) -> None:
    lines = monitor.ask("help")
    assert [line.split()[0] for line in lines[:-1]] == COMMANDS
    assert all(len(line) < 80 for line in lines)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_is_its_usage_and_summary(monitor: Monitor, command: str) -> None:
    usage, summary = monitor.ask(f"help {command}")
    assert usage.startswith(f"usage: {command}")
    assert f"  {command:10} {summary.strip()}" in monitor.ask("help")


@pytest.mark.parametrize(
    "line",
    [
        "help help help",
        "boot machines",
        "boot pci pci",
        "memory firm",
        "memory firmware 1",
        "log loud",
        "log info info",
        "symbols a b",
        'symbols ""',
        "symbols 0x",
        "backtrace x",
        "backtrace 0 0",
        "peek",
        "peek 0x",
        "peek 1z",
        "peek p:kernel_main",
        "peek kernel_main x",
        "peek kernel_main 0",
        "peek kernel_main 1 3",
        "peek kernel_main 1 1 1",
        "peek -1",
        "poke",
        "poke kernel_main",
        "poke kernel_main x",
        "poke kernel_main 0 5",
        "poke kernel_main 0 1 1",
        "reboot now",
        "poweroff x",
        "poweroff 0 0",
        "panic now",
        "panic fault fault",
        "uptime 1",
    ],
)
def test_wrong_usage_answers_with_the_usage(monitor: Monitor, line: str) -> None:
    command = line.split()[0]
    assert monitor.ask(line) == [monitor.ask(f"help {command}")[0]]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("zork", "zork: no such command; `help` lists them"),
        ("hepl", "hepl: no such command; `help` lists them, the nearest is `help`"),
        ("mem x", "mem: no such command; `help` lists them, the nearest is `memory`"),
        ("Peek 0", "Peek: no such command; `help` lists them, the nearest is `peek`"),
        ('"peek 0"', "peek 0: no such command; `help` lists them, the nearest is `peek`"),
        ('"open', "a double quote is never closed"),
        ("a b c d e f g h i j k l m n o p q", "too many words in a line"),
    ],
)
def test_what_is_no_command_is_explained(monitor: Monitor, line: str, answer: str) -> None:
    assert monitor.ask(line) == [answer]


def test_empty_lines_do_nothing(monitor: Monitor) -> None:
    assert monitor.ask("") == []
    assert monitor.ask("   ") == []


# --- the machine ---------------------------------------------------------------------------------


def test_boot_shows_all_parts_or_one(monitor: Monitor, arch: str) -> None:
    lines = monitor.ask("boot")
    heads = [line for line in lines if not line.startswith(" ")]
    usage = monitor.ask("help boot")[0]
    assert heads == re.findall(r"\w+", usage.split("[")[1])
    together = []
    for head in heads:
        together += monitor.ask(f"boot {head}")
    assert together == lines
    assert any(line.split()[:2] == ["command", "line"] and "two words" in line for line in lines)
    assert ("PVH and ACPI" if arch == "x86_64" else "device tree") in lines[1]


def test_boot_lists_the_processors_there_are(arch: str, kernel: Path, tmp_path: Path) -> None:
    with Monitor(arch, kernel, tmp_path / "machine", processors=4) as monitor:
        head, *lines = monitor.ask("boot processors")
        assert head == "processors"
        assert [line.split()[0] for line in lines] == ["0", "1", "2", "3"]
        assert len({line.split()[2] for line in lines}) == 4
        assert sum("running now" in line for line in lines) == 1


def test_memory_is_in_order_and_adds_up(monitor: Monitor) -> None:
    lines = monitor.ask("memory")
    middle = lines.index("totals:")
    found = ranges(lines[:middle])
    for (base, size, kind), (following, _, other) in zip(found, found[1:], strict=False):
        assert base + size <= following
        assert base + size < following or kind != other
    totals = {}
    for line in lines[middle + 1 :]:
        number, unit, kind = line.split(maxsplit=2)
        totals[kind] = int(number) * UNITS[unit]
    sums = dict.fromkeys((kind for _, _, kind in found), 0)
    for _, size, kind in found:
        sums[kind] += size
    assert totals == sums
    assert 0.9 * MEMORY_BYTES < totals["usable"] < MEMORY_BYTES
    assert {"kernel", "ramdisk"} <= totals.keys()


def test_memory_firmware_is_the_map_as_told(monitor: Monitor) -> None:
    head, *lines = monitor.ask("memory firmware")
    assert head.endswith(":")
    assert any(kind == "usable" for _, _, kind in ranges(lines))


def test_columns_of_maps_are_aligned(monitor: Monitor) -> None:
    lines = [line for line in monitor.ask("memory") if " - " in line]
    assert len({line.index(match[5], 40) for line in lines if (match := RANGE.match(line))}) == 1


def test_uptime_grows(monitor: Monitor) -> None:
    pattern = re.compile(r"(\d+)\.(\d{3}) seconds$")
    times = []
    for _ in range(2):
        (line,) = monitor.ask("uptime")
        match = pattern.match(line)
        assert match, line
        times.append(int(match[1]) * 1000 + int(match[2]))
    assert times[0] <= times[1]


# --- log and symbols -----------------------------------------------------------------------------


def test_log_shows_lines_down_to_a_level(monitor: Monitor, arch: str) -> None:
    everything = monitor.ask("log")
    assert everything == monitor.ask("log debug")
    assert f"Cairn on {arch}" in everything[0]
    fewer = [len(monitor.ask(f"log {level}")) for level in ("error", "warning", "notice", "info")]
    assert fewer == sorted(fewer)
    assert fewer[-1] < len(everything)


@pytest.mark.parametrize("name", ["kernel_main", "monitor_loop", "memory_map_normalise"])
def test_symbols_agree_with_the_elf_file(monitor: Monitor, elf: ELFFile, name: str) -> None:
    address = symbol(elf, name)
    (line,) = monitor.ask(f"symbols {name}")
    assert line.split() == [f"{address:#x}", line.split()[1], "bytes", name]
    (line,) = monitor.ask(f"symbols {address + 3:#x}")
    assert re.match(rf"  {address + 3:#x}  {name}\+0x3  kernel/[\w/]+\.c:\d+$", line)


def test_symbols_counts_its_tables(monitor: Monitor) -> None:
    (line,) = monitor.ask("symbols")
    match = re.match(r"(\d+) functions and (\d+) lines, for 0x[0-9a-f]+ - 0x[0-9a-f]+$", line)
    assert match
    assert int(match[1]) > 100
    assert int(match[2]) > 1000


def test_symbols_finds_names_by_a_part(monitor: Monitor) -> None:
    names = [line.split()[-1] for line in monitor.ask("symbols map_norm")]
    assert names == ["memory_map_normalise"]
    assert monitor.ask("symbols no_such_name") == ["symbols: not found"]
    assert monitor.ask("symbols 0x10") == ["symbols: not found"]


def test_backtrace_leads_from_the_monitor_to_the_start(monitor: Monitor, elf: ELFFile) -> None:
    head, *frames = monitor.ask("backtrace")
    functions = [words[2].split("+")[0] for line in frames if len(words := line.split()) > 3]
    assert functions[:2] == ["monitor_run_line", "monitor_loop"]
    assert "kernel_main" in functions
    match = re.match(r"frame (0x[0-9a-f]+), stack (0x[0-9a-f]+) - 0x[0-9a-f]+$", head)
    assert match
    assert int(match[2], 16) == symbol(elf, "boot_stack")
    # The same walk from the frame that was named. Its own call has another frame's contents below.
    again = monitor.ask(f"backtrace {match[1]}")
    assert [line.split()[1:] for line in again[-2:]] == [line.split()[1:] for line in frames[-2:]]
    assert monitor.ask("backtrace 0x1000")[-1] == "backtrace: out of range"


# --- probes --------------------------------------------------------------------------------------


def test_run_is_there_in_grading_builds_only(arch: str, monitor: Monitor, tmp_path: Path) -> None:
    assert monitor.ask("run")[0].startswith("run: no such command")
    with Monitor(arch, build_kernel(arch, "grade"), tmp_path / "machine") as grading:
        assert "  memory_map.normalise" in grading.ask("run")
        assert grading.ask("run zork")[0] == "zork: no such probe; `run` lists them"
        assert grading.ask("run memory_map.normalise x")[-1] == " status -17, wrong usage"
        facts = grading.ask("run memory_map.normalise 0x3000:0x1000:0 0x1000:0x2000:0")
        assert " bases 0x1000," in facts
        assert " sizes 0x3000," in facts
        assert facts[-1] == " status 0, success"
