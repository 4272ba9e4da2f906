"""The monitor's `peek` and `poke`, held against the kernel's ELF file and QEMU's view of memory."""

from __future__ import annotations

import re
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

from selftest.monitor_answers import ranges, symbol
from selftest.monitor_session import Monitor

pytest_plugins = ["selftest.monitor_fixtures"]


def code_bytes(elf: ELFFile, address: int, size: int) -> bytes:
    for segment in elf.iter_segments("PT_LOAD"):
        offset = address - segment["p_vaddr"]
        if 0 <= offset and offset + size <= segment["p_filesz"]:
            return bytes(segment.data()[offset : offset + size])
    raise AssertionError(f"{address:#x} is not in the image")


def dump(lines: list[str], width: int = 1) -> bytes:
    """The bytes of a hexadecimal dump, after a look at its text column."""
    data = b""
    digits = 16 // width * (2 * width + 1)
    for line in lines:
        match = re.match(rf"(?:p:)?0x[0-9a-f]{{16}} ([ 0-9a-f]{{{digits}}})  (.+)$", line)
        assert match, line
        row = b"".join(int(word, 16).to_bytes(width, "little") for word in match[1].split())
        assert match[2] == "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        data += row
    return data


def free_address(monitor: Monitor) -> int:
    """A physical address in the middle of the largest usable range."""
    lines = monitor.ask("memory")
    usable = [entry for entry in ranges(lines[: lines.index("totals:")]) if entry[2] == "usable"]
    base, size, _ = max(usable, key=lambda entry: entry[1])
    return (base + size // 2) & ~0xFFF


@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_peek_shows_the_code_of_the_elf_file(monitor: Monitor, elf: ELFFile, width: int) -> None:
    address = symbol(elf, "kernel_main") & ~7
    lines = monitor.ask(f"peek {address:#x} {40 // width} {width}")
    assert dump(lines, width) == code_bytes(elf, address, 40)


def test_peek_takes_names_and_offsets(monitor: Monitor, elf: ELFFile) -> None:
    address = symbol(elf, "kernel_main")
    assert dump(monitor.ask("peek kernel_main")) == code_bytes(elf, address, 64)
    assert dump(monitor.ask("peek kernel_main+0x2 3")) == code_bytes(elf, address + 2, 3)
    assert monitor.ask("peek no_such_function") == ["peek: not found"]


@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_poke_changes_what_the_host_sees_there(monitor: Monitor, width: int) -> None:
    address = free_address(monitor) + 0x100
    value = 0x8877665544332211 & ((1 << 8 * width) - 1)
    assert monitor.ask(f"poke p:{address:#x} 0 8") == []
    assert monitor.ask(f"poke p:{address:#x} {value:#x} {width}") == []
    assert int.from_bytes(dump(monitor.ask(f"peek p:{address:#x} 1 8"), 8), "little") == value
    question: dict[str, Any] = {"command-line": f"xp /1gx {address:#x}"}
    seen = monitor.machine.command("human-monitor-command", **question)
    assert int(seen.split(":")[1], 16) == value


def test_direct_map_and_physical_address_are_the_same_memory(monitor: Monitor) -> None:
    address = free_address(monitor)
    assert monitor.ask(f"poke {0xffff800000000000 + address:#x} 0x5a") == []
    assert dump(monitor.ask(f"peek p:{address:#x} 1")) == b"Z"


@pytest.mark.parametrize(
    "address",
    ["0", "0xfff", "0x7fffffffffff", "0x800000000000", "0xffff7fffffffffff", "0xffffffffffffffff"],
)
def test_bad_addresses_answer_with_an_error(monitor: Monitor, address: str) -> None:
    row, error = monitor.ask(f"peek {address} 1")
    assert row.endswith(" --")
    assert error == "peek: bad address"
    assert monitor.ask(f"poke {address} 1") == ["poke: bad address"]


def test_peek_shows_what_comes_before_a_bad_address(monitor: Monitor, elf: ELFFile) -> None:
    top = symbol(elf, "boot_stack")  # its guard page ends here
    row, error = monitor.ask(f"peek {top - 8:#x} 1 8")
    assert (row.split()[1:], error) == (["--"], "peek: bad address")
    end = symbol(elf, "boot_stack_guard")
    first, *_, last, error = monitor.ask(f"peek {end - 40:#x}")
    assert error == "peek: bad address"
    assert "--" not in first
    assert last.split()[9:] and "--" in last.split()


def test_code_and_constants_can_not_be_written(monitor: Monitor, elf: ELFFile) -> None:
    for name in ("kernel_main", "arch_name"):
        address = symbol(elf, name)
        before = monitor.ask(f"peek {address:#x}")
        assert monitor.ask(f"poke {address:#x} 0x90") == ["poke: bad address"]
        assert monitor.ask(f"peek {address:#x}") == before


def test_limits_of_peek_and_poke(monitor: Monitor) -> None:
    refused = {
        "peek kernel_main 4097": "peek: out of range",
        "peek 0x1000 18446744073709551615 8": "peek: out of range",
        "peek 0xfffffffffffffff8 2 8": "peek: out of range",
        "poke p:0xffffffffffffff00 1": "poke: out of range",
        "poke 0x1000 0x100": "poke: out of range",
        "poke 0x1000 0x100000000 4": "poke: out of range",
        "peek 0x1001 1 2": "peek: invalid argument",
        "poke 0x1004 1 8": "poke: invalid argument",
    }
    for line, answer in refused.items():
        assert monitor.ask(line)[-1] == answer
