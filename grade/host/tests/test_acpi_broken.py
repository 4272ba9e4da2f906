"""ACPI tables that are damaged: nothing is read outside, and the good tables are still used."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from host.tests.acpi_builder import (
    BASE,
    Fadt,
    Memory,
    checksummed,
    entry,
    generic_address,
    hpet,
    io_apic,
    local_apic,
    machine,
    madt,
    mcfg,
    node_memory,
    node_processor,
    override,
    sleep_package,
    slit,
    srat,
    table,
    x2apic,
)
from host.tests.broken import mutations, truncations
from host.tests.firmware import FIRMWARE_AREA, firmware_memory
from host.tests.host_tables import CORRUPT, NOT_FOUND, OK, Tables, warnings_of


def parse(
    tables: Tables, memory: Memory, expect: int = OK, **options: Any
) -> tuple[dict[str, Any], list[str]]:
    """Parses tables; gives what was found, and the warnings."""
    answer = tables.ask("acpi", memory.image(**options), BASE, BASE)
    assert answer["result"] == expect
    return answer["info"], warnings_of(answer)


def repaired(image: bytes, good: bytes, starts: list[int]) -> bytes:
    """Puts right the checksums of an image's tables, so that damage gets past them."""
    fixed = bytearray(image)
    for start in starts:
        length = min(struct.unpack_from("<I", good, start + 4)[0], len(fixed) - start)
        if length >= 36:
            fixed[start : start + length] = checksummed(fixed[start : start + length], 9)
    return bytes(fixed)


def table_starts(image: bytes) -> list[int]:
    """Where tables begin in a hand-made image."""
    names = (b"DSDT", b"FACP", b"APIC", b"SRAT", b"SLIT", b"MCFG", b"HPET", b"XSDT", b"RSDT")
    return [at for at in range(64, len(image) - 36, 16) if image[at : at + 4] in names]


def test_cut_at_every_length(tables: Tables) -> None:
    """Given memory that ends anywhere, the tables that are whole are used."""
    image = machine().image()
    for cut in truncations(image):
        answer = tables.ask("acpi", cut, BASE, BASE)
        assert answer["result"] in (OK, NOT_FOUND, CORRUPT)
        assert warnings_of(answer), len(cut)


def test_random_damage(tables: Tables) -> None:
    """Given random damage, the parser keeps its promises."""
    for image in mutations(machine().image(), "acpi"):
        tables.ask("acpi", image, BASE, BASE)


def test_random_damage_behind_good_checksums(tables: Tables) -> None:
    """Given random damage and checksums that hide it, the parser keeps its promises."""
    good = machine().image()
    starts = table_starts(good)
    assert len(starts) == 9
    survived = 0
    for image in mutations(good[64:], "acpi checksummed"):
        whole = repaired(good[:64] + image, good, starts)
        answer = tables.ask("acpi", whole, BASE, BASE)
        survived += answer["result"] == OK and len(answer["info"]["processors"]) > 0
    assert survived > 0


def test_random_damage_of_real_tables(tables: Tables) -> None:
    """Given real firmware's tables with random damage, the parser keeps its promises."""
    memory = firmware_memory("-smp", "2")
    last = memory.rfind(b"RSDT")
    image = memory[max(0, last - 0x3000) :][:0x4000]
    base = FIRMWARE_AREA + max(0, last - 0x3000)
    root = struct.pack("<8sB6sBI", b"RSD PTR ", 0, b"CAIRN", 0, FIRMWARE_AREA + last)
    root = checksummed(root, 8)
    space = image.find(bytes(64)) + 16
    image = image[:space] + root + image[space + len(root) :]
    assert tables.ask("acpi", image, base, base + space)["result"] == OK
    for broken in mutations(image, "firmware", 500):
        tables.ask("acpi", broken, base, base + space)


def test_nothing_there(tables: Tables) -> None:
    """Given no root pointer anywhere, the parser says so."""
    for address in (0, BASE, (1 << 64) - 1, 0xE0000):
        answer = tables.ask("acpi", bytes(4096), BASE, address)
        assert answer["result"] == NOT_FOUND
        assert warnings_of(answer) == ["ACPI: no root pointer"]


@pytest.mark.parametrize("at", [0, 8, 19])
def test_damaged_root_pointer(tables: Tables, at: int) -> None:
    """Given a root pointer with a wrong signature or checksum, it is not used."""
    image = bytearray(machine().image())
    image[at] ^= 1
    assert tables.ask("acpi", bytes(image), BASE, BASE)["result"] == NOT_FOUND


@pytest.mark.parametrize("address", [0, 1, BASE + 8, 1 << 40, (1 << 64) - 1, (1 << 64) - 36])
def test_root_tables_nowhere(tables: Tables, address: int) -> None:
    """Given an XSDT that points nowhere, the RSDT is used; given neither, the result is corrupt."""
    info, _ = parse(tables, machine(), xsdt=address)
    assert len(info["processors"]) == 2
    _, warnings = parse(tables, machine(), CORRUPT, xsdt=address, rsdt=address & 0xFFFFFFFF)
    assert "ACPI: no usable root table" in warnings


def test_root_table_that_points_to_itself(tables: Tables) -> None:
    """Given a root table in its own list, or as a table, nothing goes round in circles."""
    memory = machine()
    here = BASE + len(memory.content) + (-len(memory.content) % 16)
    xsdt = table("XSDT", struct.pack("<9Q", here, *memory.entries[:6], here, here))
    assert memory.place(xsdt) == here
    info, _ = parse(tables, memory, xsdt=here)
    assert len(info["processors"]) == 2


def test_entries_that_point_nowhere(tables: Tables) -> None:
    """Given entries without memory behind them, the good tables are used."""
    memory = machine()
    memory.entries += [0, 1 << 50, (1 << 64) - 1, BASE - 1]
    info, warnings = parse(tables, memory)
    assert len(info["processors"]) == 2
    assert warnings == ["ACPI: a table lies where there is no memory"] * 3


def test_odd_length_of_the_root_table(tables: Tables) -> None:
    """Given a root table whose length is no whole number of entries, the whole ones are used."""
    memory = machine()
    xsdt = memory.place(table("XSDT", struct.pack("<6Q", *memory.entries) + b"\x01\x02\x03"))
    info, warnings = parse(tables, memory, xsdt=xsdt)
    assert len(info["processors"]) == 2
    assert any("length is odd" in warning for warning in warnings)


def test_hundreds_of_tables(tables: Tables) -> None:
    """Given more tables than are kept, the first ones are used."""
    memory = machine().add(*(table("SSDT", bytes(4)) for _ in range(200)))
    info, warnings = parse(tables, memory)
    assert len(info["processors"]) == 2
    assert "ACPI: too many tables, the rest is left out" in warnings


@pytest.mark.parametrize("name", ["fadt", "madt", "srat", "slit", "mcfg", "hpet"])
@pytest.mark.parametrize("damage", ["checksum", "short", "huge", "header only", "overlapping"])
def test_one_bad_table(tables: Tables, name: str, damage: str) -> None:
    """Given one bad table, there is a warning, and what the others say is used."""
    good = machine()
    order = ["fadt", "madt", "srat", "slit", "mcfg", "hpet"]
    address = good.entries[order.index(name)]
    image = bytearray(good.image())
    at = address - BASE
    length = struct.unpack_from("<I", image, at + 4)[0]
    if damage == "checksum":
        image[at + 9] ^= 0x55
    elif damage == "short":
        struct.pack_into("<I", image, at + 4, 35)
    elif damage == "huge":
        struct.pack_into("<I", image, at + 4, 0xFFFFFFFF)
    elif damage == "header only":
        struct.pack_into("<I", image, at + 4, 36)
        image[at : at + 36] = checksummed(image[at : at + 36], 9)
    else:
        struct.pack_into("<I", image, at + 4, length + 100)
        image[at : at + length + 100] = checksummed(image[at : at + length + 100], 9)
    answer = tables.ask("acpi", bytes(image), BASE, BASE)
    assert answer["result"] == OK
    if damage != "overlapping" and (name, damage) != ("srat", "header only"):
        assert warnings_of(answer)
    if name != "madt":
        assert len(answer["info"]["processors"]) == 2
    if name != "mcfg":
        assert answer["info"]["pci"]["ecam_address"] == 0xB0000000
    if name != "fadt":
        assert answer["info"]["power"]["pm1a_control"] == 0x604


@pytest.mark.parametrize(
    "bad",
    [
        entry(0, b"", 0),
        entry(0, b"", 1),
        entry(0, bytes(6), 255),
        b"\x00",
        entry(2, bytes(8), 0),
    ],
)
def test_entries_without_length(tables: Tables, bad: bytes) -> None:
    """Given an entry of length 0 or past the end, what stands before it is used."""
    processors = madt(local_apic(0, 0), bad)
    info, warnings = parse(tables, machine(madt=processors, srat=b"", slit=b""))
    assert [processor["hardware_id"] for processor in info["processors"]] == [0]
    assert "ACPI: a table's entry has a wrong length, at" in warnings
    info, warnings = parse(tables, machine(srat=srat(node_processor(1, 2), bad)))
    assert info["processors"][1]["node"] == 1
    assert "ACPI: a table's entry has a wrong length, at" in warnings


def test_entries_that_are_too_short(tables: Tables) -> None:
    """Given entries shorter than their kind, they are passed over and the next ones are read."""
    short = [entry(kind, b"") for kind in (0, 1, 2, 5, 9)]
    processors = madt(*short, local_apic(0, 0))
    info, warnings = parse(tables, machine(madt=processors, srat=b"", slit=b""))
    assert len(info["processors"]) == 1
    assert warnings.count("ACPI: an entry of MADT or SRAT is too short, its type") == 5
    short = [entry(kind, b"") for kind in (0, 1, 2)]
    info, warnings = parse(tables, machine(srat=srat(*short, node_processor(1, 0))))
    assert info["processors"][0]["node"] == 1
    assert warnings.count("ACPI: an entry of MADT or SRAT is too short, its type") == 3


def test_unknown_entries(tables: Tables) -> None:
    """Given entries of kinds that are not known, they are passed over in silence."""
    odd = [entry(kind, bytes(9)) for kind in (3, 4, 10, 127, 255)]
    info, warnings = parse(tables, machine(madt=madt(*odd, local_apic(0, 0)), srat=b"", slit=b""))
    assert len(info["processors"]) == 1
    assert warnings == []


def test_too_many_of_everything(tables: Tables) -> None:
    """Given more than there is room for, the rest is lost with a warning."""
    entries = [x2apic(i, i) for i in range(300)] + [io_apic(i << 12, i) for i in range(50)]
    entries += [override(i % 16, i, 0) for i in range(20)]
    ranges = [node_memory(i % 16, i << 20, 1 << 19) for i in range(100)]
    info, warnings = parse(tables, machine(madt=madt(*entries), srat=srat(*ranges), slit=b""))
    assert len(info["processors"]) == 256
    assert len(info["controllers"]) == 32
    assert len(info["overrides"]) == 16
    assert len(info["node_ranges"]) == 64
    assert "further warnings" in warnings[-1]


def test_odd_overrides(tables: Tables) -> None:
    """Given overrides of interrupts that are not legacy, they are passed over."""
    entries = [local_apic(0, 0), override(16, 2, 0), override(255, 2, 0), override(3, 2, 0, bus=1)]
    info, warnings = parse(tables, machine(madt=madt(*entries), srat=b"", slit=b""))
    assert info["overrides"] == []
    assert len(warnings) == 3


def test_processor_told_twice(tables: Tables) -> None:
    """Given the same processor by both kinds of entries, it is told once."""
    info, warnings = parse(
        tables, machine(madt=madt(local_apic(0, 7), x2apic(0, 7)), srat=b"", slit=b"")
    )
    assert len(info["processors"]) == 1
    assert warnings == ["boot: a processor is told twice"]


def test_nodes_that_make_no_sense(tables: Tables) -> None:
    """Given domains out of range, overlaps and ranges that wrap, node 0 or nothing is used."""
    nodes = srat(
        node_processor(16, 0),
        node_processor(0xFFFFFFFF, 2),
        node_processor(1, 99),
        node_memory(0, 0x1000, 0x2000),
        node_memory(1, 0x2000, 0x1000),
        node_memory(1, (1 << 64) - 0x1000, 0x1001),
        node_memory(1, (1 << 64) - 0x1000, 0x1000),
    )
    info, warnings = parse(tables, machine(srat=nodes, slit=b""))
    assert [processor["node"] for processor in info["processors"]] == [0, 0]
    assert info["node_ranges"] == [[0x1000, 0x2000, 0], [(1 << 64) - 0x1000, 0x1000, 1]]
    assert len(warnings) == 5


@pytest.mark.parametrize("told", [3, 0xFFFF, 1 << 32, (1 << 32) + 1, 1 << 63, (1 << 64) - 1])
def test_distances_of_too_many_nodes(tables: Tables, told: int) -> None:
    """Given a number of localities that the table can't hold, no distance is told."""
    info, warnings = parse(tables, machine(slit=slit([[10, 20], [20, 10]], told)))
    assert info["node_distance"] == [[0, 0], [0, 0]]
    assert "ACPI: the SLIT is too short for its nodes" in warnings


def test_odd_distances(tables: Tables) -> None:
    """Given distances that can't be, they are not told; the others are."""
    info, warnings = parse(tables, machine(slit=slit([[11, 10], [9, 10]])))
    assert info["node_distance"] == [[0, 0], [0, 10]]
    assert len(warnings) == 3
    info, warnings = parse(tables, machine(slit=slit([])))
    assert info["node_distance"] == [[0, 0], [0, 0]]


def test_configuration_space_that_makes_no_sense(tables: Tables) -> None:
    """Given hosts with no address or odd buses or past 2^64, the first good one is used."""
    hosts = mcfg(
        (0, 0, 0, 255),
        (0xB0000000, 0, 9, 3),
        ((1 << 64) - (1 << 20), 0, 0, 255),
        (0xC0000000, 2, 1, 7),
        (0xD0000000, 3, 0, 0),
    )
    info, warnings = parse(tables, machine(mcfg=hosts))
    assert info["pci"]["ecam_address"] == 0xC0100000
    assert info["pci"]["segment"] == 2
    assert len(warnings) == 4
    info, warnings = parse(tables, machine(mcfg=mcfg()))
    assert info["pci"]["ecam_address"] == 0
    assert warnings


def test_timer_in_another_space(tables: Tables) -> None:
    """Given an HPET that is not in memory, it is not used."""
    info, warnings = parse(tables, machine(hpet=hpet(0xFED00000, space=1)))
    assert info["timer"]["hpet_address"] == 0
    assert len(warnings) == 1


@pytest.mark.parametrize(
    "changes, warning",
    [
        ({"pm1a": 0x10000}, "a port is out of range"),
        ({"x_pm1b": generic_address(1, 1 << 40)}, "a port is out of range"),
        ({"reset": generic_address(0, 0x600)}, "reset register"),
        ({"reset": generic_address(2, 5)}, "reset register"),
        ({"reset": generic_address(1, 0x10000)}, "reset register"),
        ({"dsdt": 0xFFFFFFFF}, "no way to switch off"),
        ({"dsdt": BASE}, "no way to switch off"),
        ({"x_dsdt": (1 << 64) - 4}, "no way to switch off"),
    ],
)
def test_odd_fadt(tables: Tables, changes: dict[str, Any], warning: str) -> None:
    """Given fields out of range, there is a warning, and the other fields are used."""
    memory = Memory()
    dsdt = memory.place(table("DSDT", sleep_package()))
    fields: dict[str, Any] = {"dsdt": dsdt, **changes}
    fadt = Fadt(**fields)
    info, warnings = parse(tables, memory.add(fadt.build(), madt(local_apic(0, 0))))
    assert any(warning in text for text in warnings)
    assert info["power"]["pm1a_control"] == (0 if "pm1a" in changes else 0x604)
    assert info["power"]["pm1b_control"] == 0
    assert info["power"]["reset_port"] == (0 if "reset" in changes else 0xCF9)


@pytest.mark.parametrize(
    "aml",
    [
        b"\x08_S5_",
        b"\x08_S5_\x12",
        b"\x08_S5_\x12\xff",
        b"\x08_S5_\x12\xc6\xff\xff\xff",
        b"\x08_S5_\x12\x06\x00",
        b"\x08_S5_\x12\x06\x04\x0a",
        b"\x08_S5_\x12\x06\x04\x0c\x01\x02\x03",
        b"\x08_S5_\x12\x06\x04\x0a\x08\x0a\x05",
        b"\x08_S5_\x12\x06\x04\x0e\x05\x0a\x05",
        b"\x08_S5_\x13\x06\x04\x0a\x05\x0a\x05",
        b"_S5_",
        b"\x08_S5",
    ],
)
def test_odd_sleep_package(tables: Tables, aml: bytes) -> None:
    """Given AML that is cut short or says something else, no way to switch off is told."""
    memory = Memory()
    dsdt = memory.place(table("DSDT", aml))
    info, warnings = parse(tables, memory.add(Fadt(dsdt=dsdt).build(), madt(local_apic(0, 0))))
    assert info["power"]["has_s5"] == 0
    assert warnings == ["ACPI: no way to switch off is told"]


def test_no_tables_at_all(tables: Tables) -> None:
    """Given an empty root table, what is missing is told."""
    info, warnings = parse(tables, Memory())
    assert info["processors"] == []
    assert len(warnings) == 2
