"""ACPI tables that are as they should be: from QEMU's firmware and hand-made."""

from __future__ import annotations

from typing import Any

import pytest

from host.tests.acpi_builder import (
    APIC_ADDRESS,
    BASE,
    Fadt,
    Memory,
    entry,
    generic_address,
    local_apic,
    machine,
    madt,
    mcfg,
    node_memory,
    node_processor,
    node_x2apic,
    override,
    sleep_package,
    srat,
    table,
    x2apic,
)
from host.tests.firmware import FIRMWARE_AREA, firmware_memory
from host.tests.host_tables import OK, Tables, warnings_of


def parse(tables: Tables, memory: Memory, **options: Any) -> dict[str, Any]:
    """Parses tables that must give no warning."""
    answer = tables.ask("acpi", memory.image(**options), BASE, BASE)
    assert warnings_of(answer) == []
    assert answer["result"] == OK
    info: dict[str, Any] = answer["info"]
    return info


def root_pointer_of(memory: bytes) -> int:
    """Where firmware has put the root pointer, as a boot loader finds it."""
    signed = (at for at in range(0, 0x20000, 16) if memory[at : at + 8] == b"RSD PTR ")
    return FIRMWARE_AREA + next(at for at in signed if sum(memory[at : at + 20]) % 256 == 0)


def test_firmware_of_a_pc(tables: Tables) -> None:
    """Given what firmware makes for a PC with two nodes, all of it is found."""
    options = "-smp 3 -object memory-backend-ram,size=4M,id=a -object memory-backend-ram,"
    options += "size=12M,id=b -numa node,memdev=a,cpus=0 -numa node,memdev=b,cpus=1-2 "
    options += "-numa dist,src=0,dst=1,val=33"
    memory = firmware_memory(*options.split())
    answer = tables.ask("acpi", memory, FIRMWARE_AREA, root_pointer_of(memory))
    assert answer["result"] == OK
    assert warnings_of(answer) == []
    info = answer["info"]
    assert [processor["hardware_id"] for processor in info["processors"]] == [0, 1, 2]
    assert [processor["node"] for processor in info["processors"]] == [0, 1, 1]
    assert all(processor["usable"] for processor in info["processors"])
    assert info["node_count"] == 2
    assert info["node_distance"] == [[10, 33], [33, 10]]
    assert sum(size for _, size, node in info["node_ranges"] if node == 1) >= 12 << 20
    addresses = {c["kind"]: c["address"] for c in info["controllers"]}
    assert addresses == {"local apic": 0xFEE00000, "io apic": 0xFEC00000}
    assert [0, 2, 0, 0] in info["overrides"]
    assert [9, 9, 0, 1] in info["overrides"]
    assert info["pci"]["ecam_address"] == 0xB0000000
    assert (info["pci"]["first_bus"], info["pci"]["last_bus"]) == (0, 255)
    assert info["timer"]["hpet_address"] == 0xFED00000
    assert info["power"]["pm1a_control"] == 0x604
    assert (info["power"]["has_s5"], info["power"]["s5_type_a"]) == (1, 0)
    assert (info["power"]["reset_port"], info["power"]["reset_value"]) == (0xCF9, 0x0F)


def test_many_processors_of_a_pc(tables: Tables) -> None:
    """Given many processors, each is told once."""
    memory = firmware_memory("-smp", "24")
    answer = tables.ask("acpi", memory, FIRMWARE_AREA, root_pointer_of(memory))
    assert warnings_of(answer) == []
    ids = [processor["hardware_id"] for processor in answer["info"]["processors"]]
    assert sorted(ids) == list(range(24))


@pytest.mark.parametrize("old", [False, True])
def test_hand_made_machine(tables: Tables, old: bool) -> None:
    """Given good tables below an XSDT or an old RSDT, everything in them is found."""
    info = parse(tables, machine(), old=old)
    assert [(p["hardware_id"], p["firmware_id"], p["node"]) for p in info["processors"]] == [
        (0, 0, 0),
        (2, 1, 1),
    ]
    assert info["node_count"] == 2
    assert info["node_ranges"] == [[0, 0x8000000, 0], [0x8000000, 0x8000000, 1]]
    assert info["node_distance"] == [[10, 20], [21, 10]]
    assert info["overrides"] == [[0, 2, 0, 0], [9, 9, 0, 1]]
    assert info["pci"]["ecam_address"] == 0xB0000000
    assert info["timer"]["hpet_address"] == 0xFED00000
    assert (info["power"]["s5_type_a"], info["power"]["s5_type_b"]) == (5, 5)


def test_bad_extended_checksum_leaves_the_old_root(tables: Tables) -> None:
    """Given a root pointer whose second half is damaged, its first half is used."""
    image = bytearray(machine().image())
    image[32] ^= 0xFF
    answer = tables.ask("acpi", bytes(image), BASE, BASE)
    assert answer["result"] == OK
    assert len(answer["info"]["processors"]) == 2


def test_processors_of_both_kinds(tables: Tables) -> None:
    """Given entries of both kinds, disabled ones and fillers, each processor is told rightly."""
    processors = madt(
        local_apic(0, 0), local_apic(1, 1, 0), local_apic(2, 0xFF, 0), x2apic(300, 0x12345)
    )
    nodes = srat(node_processor(0, 0), node_processor(2, 1), node_x2apic(3, 0x12345))
    info = parse(tables, machine(madt=processors, srat=nodes, slit=b""))
    assert [(p["hardware_id"], p["usable"], p["node"]) for p in info["processors"]] == [
        (0, True, 0),
        (1, False, 2),
        (0x12345, True, 3),
    ]
    assert info["processors"][2]["firmware_id"] == 300


def test_local_apic_address_above_4_gib(tables: Tables) -> None:
    """Given an override of the local APICs' address, it counts."""
    address = entry(APIC_ADDRESS, bytes(2) + (0x12_FEE0_0000).to_bytes(8, "little"))
    info = parse(tables, machine(madt=madt(local_apic(0, 0), address), srat=b"", slit=b""))
    assert info["controllers"][0]["address"] == 0x12_FEE0_0000


@pytest.mark.parametrize(
    "flags, low, level",
    [(0x0, 0, 0), (0x5, 0, 0), (0xF, 1, 1), (0x7, 1, 0), (0xD, 0, 1), (0x3, 1, 0)],
)
def test_interrupt_flags(tables: Tables, flags: int, low: int, level: int) -> None:
    """Given polarity and trigger, they are told apart; none means high and edge."""
    info = parse(tables, machine(madt=madt(local_apic(0, 0), override(5, 20, flags)), srat=b""))
    assert info["overrides"] == [[5, 20, low, level]]


def test_old_srat_has_narrow_domains(tables: Tables) -> None:
    """Given revision 1, the high bytes of a processor's domain are reserved and not used."""
    nodes = srat(node_processor(0x7701, 0), node_memory(0, 0, 0x1000), revision=1)
    info = parse(tables, machine(srat=nodes, slit=b""))
    assert info["processors"][0]["node"] == 1


def test_disabled_affinity(tables: Tables) -> None:
    """Given entries that are not enabled, they are passed over."""
    nodes = srat(node_processor(9, 0, 0), node_memory(8, 0, 0x1000, 0), node_memory(7, 0, 0))
    info = parse(tables, machine(srat=nodes, slit=b""))
    assert info["node_count"] == 1
    assert info["node_ranges"] == []


def test_configuration_space_from_a_later_bus(tables: Tables) -> None:
    """Given a host whose first bus is not 0, the address is that of its first bus."""
    info = parse(tables, machine(mcfg=mcfg((0xB0000000, 0, 0x40, 0x7F))))
    assert info["pci"]["ecam_address"] == 0xB0000000 + (0x40 << 20)
    assert (info["pci"]["first_bus"], info["pci"]["last_bus"]) == (0x40, 0x7F)


def test_extended_fields_come_first(tables: Tables) -> None:
    """Given both forms of an address, the extended one counts."""
    memory = Memory()
    dsdt = memory.place(table("DSDT", sleep_package(b"\x01", b"\x00")))
    fadt = Fadt(
        dsdt=0xBAD,
        x_dsdt=dsdt,
        x_pm1a=generic_address(1, 0x1804),
        x_pm1b=generic_address(1, 0x1904),
        reset=generic_address(1, 0x1808),
        reset_value=6,
    )
    info = parse(tables, memory.add(fadt.build(), madt(local_apic(0, 0))))
    power = info["power"]
    assert (power["pm1a_control"], power["pm1b_control"]) == (0x1804, 0x1904)
    assert (power["has_s5"], power["s5_type_a"], power["s5_type_b"]) == (1, 1, 0)
    assert (power["reset_port"], power["reset_value"]) == (0x1808, 6)


def test_first_revision_of_the_fadt(tables: Tables) -> None:
    """Given a FADT that ends before the reset register, the rest of it is used."""
    memory = Memory()
    dsdt = memory.place(table("DSDT", sleep_package()))
    info = parse(tables, memory.add(Fadt(dsdt=dsdt).build(116), madt(local_apic(0, 0))))
    assert info["power"]["pm1a_control"] == 0x604
    assert info["power"]["reset_port"] == 0
    assert info["power"]["has_s5"] == 1


@pytest.mark.parametrize(
    "package, types",
    [
        (sleep_package(b"\x0a\x07", b"\x01"), (7, 1)),
        (sleep_package(b"\x0b\x03\x00", b"\x0c\x02\x00\x00\x00"), (3, 2)),
        (b"\x08\\_S5_\x12\x06\x04\x0a\x05\x0a\x05", (5, 5)),
        (b"\x08_S5_\x12\x46\x00\x04\x0a\x05\x0a\x05", (5, 5)),
        (b"\x08_S5_\x12\x04\x01\x0a\x05", (5, 5)),
        (b"X_S5_\x12\x04\x01\x0a\x01" + sleep_package(), (5, 5)),
    ],
)
def test_sleep_types(tables: Tables, package: bytes, types: tuple[int, int]) -> None:
    """Given the encodings that compilers of AML produce, the types are read."""
    memory = Memory()
    dsdt = memory.place(table("DSDT", b"\0" + package))
    info = parse(tables, memory.add(Fadt(dsdt=dsdt).build(), madt(local_apic(0, 0))))
    assert (info["power"]["s5_type_a"], info["power"]["s5_type_b"]) == types


def test_sleep_type_in_a_secondary_table(tables: Tables) -> None:
    """Given a DSDT that does not say how to switch off, an SSDT that does is used."""
    memory = Memory()
    dsdt = memory.place(table("DSDT", bytes(8)))
    memory.add(Fadt(dsdt=dsdt).build(), table("SSDT", b"\0"), table("SSDT", sleep_package()))
    info = parse(tables, memory.add(madt(local_apic(0, 0))))
    assert info["power"]["has_s5"] == 1
