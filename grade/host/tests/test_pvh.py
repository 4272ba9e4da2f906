"""Start information of the PVH boot protocol: right, odd and damaged."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

import pytest

from host.tests.broken import mutations, truncations
from host.tests.host_tables import CORRUPT, OK, Tables, warnings_of

BASE = 0x9000
MAGIC = 0x336EC578


@dataclass
class Start:
    """Start information at BASE and what it points to, which follows it."""

    memory: list[tuple[int, int, int]] = field(
        default_factory=lambda: [
            (0, 0x9FC00, 1),
            (0x9FC00, 0x400, 2),
            (0x100000, 0x7EE0000, 1),
            (0x7FE0000, 0x10000, 3),
            (0x7FF0000, 0x10000, 4),
            (0x8000000, 0x1000, 5),
            (0xB0000000, 0x10000000, 7),
        ]
    )
    line: bytes | None = b"log=debug\0"
    module: tuple[int, int] | None = (0x7000000, 0x2800)
    version: int = 1
    magic: int = MAGIC
    rsdp: int = 0xF5AE0
    changes: dict[str, int] = field(default_factory=dict)

    def image(self) -> bytes:
        """The memory from BASE on; `changes` sets fields that would be wrong otherwise."""
        body = b"".join(struct.pack("<QQII", *entry, 0) for entry in self.memory)
        fields = {
            "modules": 0,
            "module_count": 0,
            "line": 0,
            "map": BASE + 56,
            "map_count": len(self.memory),
        }
        if self.module is not None:
            fields["modules"], fields["module_count"] = BASE + 56 + len(body), 1
            body += struct.pack("<QQQQ", *self.module, 0, 0)
        if self.line is not None:
            fields["line"] = BASE + 56 + len(body)
            body += self.line
        assert not self.changes.keys() - fields.keys()
        fields.update(self.changes)
        head = struct.pack("<IIII", self.magic, self.version, 0, fields["module_count"])
        head += struct.pack("<QQQ", fields["modules"], fields["line"], self.rsdp)
        return head + struct.pack("<QII", fields["map"], fields["map_count"], 0) + body


def parse(
    tables: Tables, start: Start, expect: int = OK
) -> tuple[dict[str, Any], list[str], dict[str, Any]]:
    """Parses; gives what was found, the warnings, and the whole answer."""
    answer = tables.ask("pvh", start.image(), BASE, BASE)
    assert answer["result"] == expect
    return answer["info"], warnings_of(answer), answer


def test_good_start_information(tables: Tables) -> None:
    """Given good start information, all of it is taken over."""
    info, warnings, answer = parse(tables, Start())
    assert warnings == []
    assert info["source"] == "PVH and ACPI"
    assert info["command_line"] == "log=debug"
    assert (info["ramdisk"], info["ramdisk_size"]) == (0x7000000, 0x2800)
    assert answer["rsdp"] == 0xF5AE0
    assert sorted(info["memory"]) == sorted(
        [
            [0, 0x9FC00, "usable"],
            [0x9FC00, 0x400, "reserved"],
            [0x100000, 0x7EE0000, "usable"],
            [0x7FE0000, 0x10000, "reclaim"],
            [0x7FF0000, 0x10000, "reserved"],
            [0x8000000, 0x1000, "broken"],
            [0xB0000000, 0x10000000, "reserved"],
            [0x7000000, 0x2800, "ramdisk"],
        ]
    )


def test_without_line_and_module(tables: Tables) -> None:
    """Given neither command line nor module, both are empty."""
    info, warnings, _ = parse(tables, Start(line=None, module=None))
    assert (info["command_line"], info["ramdisk_size"], warnings) == ("", 0, [])


@pytest.mark.parametrize("start", [Start(magic=MAGIC ^ 1), Start(magic=0)])
def test_wrong_magic(tables: Tables, start: Start) -> None:
    """Given another magic number, nothing is believed."""
    info, warnings, answer = parse(tables, start, CORRUPT)
    assert (info["memory"], info["command_line"], answer["rsdp"]) == ([], "", 0)
    assert warnings == ["PVH: no start information, at"]


@pytest.mark.parametrize(
    "start",
    [
        Start(version=0),
        Start(memory=[]),
        Start(changes={"map": 0}),
        Start(changes={"map": 1 << 40}),
        Start(changes={"map": (1 << 64) - 1}),
    ],
)
def test_no_memory_map(tables: Tables, start: Start) -> None:
    """Given no memory map, the result is corrupt, and the rest is told."""
    info, warnings, answer = parse(tables, start, CORRUPT)
    assert info["command_line"] == "log=debug"
    assert answer["rsdp"] == 0xF5AE0
    assert len(warnings) == 1


def test_memory_map_larger_than_memory(tables: Tables) -> None:
    """Given a count beyond what is there, the entries that are there are told."""
    start = Start(line=None, module=None, changes={"map_count": 0xFFFFFFFF})
    info, warnings, _ = parse(tables, start, CORRUPT)
    assert len(info["memory"]) == 7
    assert len(warnings) == 2


def test_too_many_ranges(tables: Tables) -> None:
    """Given more ranges than there is room for, what is reserved is kept."""
    memory = [(i << 20, 1 << 16, 1 + i % 2) for i in range(240)]
    info, warnings, _ = parse(tables, Start(memory=memory, module=None))
    assert len(info["memory"]) == 128
    assert sum(kind == "reserved" for _, _, kind in info["memory"]) == 120
    assert warnings


def test_ranges_that_wrap_are_passed_on(tables: Tables) -> None:
    """Given a range that ends past 2^64, normalising is left to cut it."""
    start = Start(memory=[((1 << 64) - 1, (1 << 64) - 1, 2), (0, 0, 1)], module=None)
    info, warnings, _ = parse(tables, start)
    assert info["memory"] == [[(1 << 64) - 1, (1 << 64) - 1, "reserved"]]
    assert warnings == []


@pytest.mark.parametrize(
    "start, line",
    [
        (Start(line=b"never ends", module=None), "never ends"),
        (Start(line=b"x" * 5000), "x" * 1023),
        (Start(line=b"y" * 1023 + b"\0"), "y" * 1023),
        (Start(line=b"y" * 1024 + b"\0"), "y" * 1023),
        (Start(changes={"line": 1}), ""),
        (Start(changes={"line": (1 << 64) - 1}), ""),
    ],
)
def test_odd_command_lines(tables: Tables, start: Start, line: str) -> None:
    """Given a command line that is long, unreadable or has no end, what can be read is used."""
    info, warnings, _ = parse(tables, start)
    assert info["command_line"] == line
    assert len(warnings) == (0 if start.line is not None and len(start.line) == 1024 else 1)


@pytest.mark.parametrize(
    "start",
    [
        Start(changes={"modules": 0}),
        Start(changes={"modules": (1 << 64) - 8, "module_count": 0xFFFFFFFF}),
        Start(module=((1 << 64) - 0x1000, 0x1001)),
        Start(module=(1, (1 << 64) - 1)),
        Start(module=(1, (1 << 64) - 2)),
        Start(module=(0x1000, 0)),
    ],
)
def test_odd_modules(tables: Tables, start: Start) -> None:
    """Given modules that can't be, there is no ramdisk unless its bounds fit."""
    info, warnings, _ = parse(tables, start)
    fits = start.module == (1, (1 << 64) - 2)
    assert (info["ramdisk_size"] != 0) == fits
    assert len(warnings) == (0 if fits or start.module == (0x1000, 0) else 1)


def test_cut_at_every_length(tables: Tables) -> None:
    """Given memory that ends anywhere, the parser keeps its promises."""
    for image in truncations(Start().image()):
        answer = tables.ask("pvh", image, BASE, BASE)
        assert answer["result"] in (OK, CORRUPT)
        assert warnings_of(answer)


def test_random_damage(tables: Tables) -> None:
    """Given random damage, the parser keeps its promises."""
    for image in mutations(Start().image(), "pvh"):
        tables.ask("pvh", image, BASE, BASE)
