"""Device trees whose buses and hosts are odd: what they don't pass on is not used."""

from __future__ import annotations

from host.tests.host_tables import Tables
from host.tests.test_device_tree_broken import parse
from host.tests.trees import board, compile_tree


def test_bus_without_ranges(tables: Tables) -> None:
    """Given a bus that passes nothing on, its devices are not used."""
    body = """bus { #address-cells = <1>; #size-cells = <1>;
            rtc@0 { compatible = "arm,pl031"; reg = <0x1000 0x1000>; }; };
        other { #address-cells = <1>; #size-cells = <1>; ranges = <0 0 0 0x800>;
            clint@400 { compatible = "riscv,clint0"; reg = <0x400 0x1000>; }; };"""
    info, warnings = parse(tables, board(body))
    assert info["timer"]["clock_address"] == 0
    assert info["controllers"] == []
    assert len(warnings) == 2


def test_bus_with_no_cells(tables: Tables) -> None:
    """Given ranges whose entries have no cells, the search for a range ends."""
    source = """/dts-v1/; / { #address-cells = <0>; #size-cells = <0>;
        bus { #address-cells = <0>; #size-cells = <0>; ranges = <1 2 3>;
            rtc@0 { compatible = "arm,pl031"; reg = <0x1000>; }; }; };"""
    info, _ = parse(tables, compile_tree(source))
    assert info["timer"]["clock_address"] == 0


def test_bus_above_with_no_cells(tables: Tables) -> None:
    """Given a bus above whose ranges have no cells, the search for a range ends there."""
    source = """/dts-v1/; / { #address-cells = <0>; #size-cells = <0>;
        outer { #address-cells = <0>; #size-cells = <0>; ranges = <1 2 3>;
            bus { #address-cells = <1>; #size-cells = <1>; ranges = <0 0x1000>;
                rtc@0 { compatible = "arm,pl031"; reg = <0 0x1000>; }; }; }; };"""
    info, warnings = parse(tables, compile_tree(source))
    assert info["timer"]["clock_address"] == 0
    assert any("real-time clock" in warning for warning in warnings)


def test_second_pci_host(tables: Tables) -> None:
    """Given two PCI hosts, the first is used."""
    body = "".join(
        f"""pci@{place} {{ compatible = "pci-host-ecam-generic"; #address-cells = <3>;
            #size-cells = <2>; reg = <0 {place} 0 0x10000000>;
            ranges = <0x2000000 0 0x50000000 0 0x50000000 0 0x1000>; }};"""
        for place in ("0x40000000", "0x60000000")
    )
    info, warnings = parse(tables, board(body))
    assert info["pci"]["ecam_address"] == 0x40000000
    assert sum("only the first PCI host" in warning for warning in warnings) == 1


def test_empty_ramdisk(tables: Tables) -> None:
    """Given a ramdisk of no bytes, there is none, and nothing is wrong."""
    chosen = "chosen { linux,initrd-start = <0x1000>; linux,initrd-end = <0x1000>; };"
    info, warnings = parse(tables, board(chosen))
    assert info["ramdisk_size"] == 0
    assert not any("ramdisk" in warning for warning in warnings)
