"""Device trees that are damaged: nothing is read outside, and what is good is still used."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from host.tests.broken import mutations, truncations
from host.tests.host_tables import CORRUPT, OK, Tables, warnings_of
from host.tests.trees import (
    ARM,
    END,
    NOP,
    NUMA,
    PROPERTY,
    RISCV,
    TreeBuilder,
    board,
    compact,
    compile_tree,
    qemu_tree,
)


def arm_tree() -> bytes:
    """A real tree with nodes, compacted."""
    return compact(qemu_tree(*ARM, "-m", "256M", "-smp", "4", *NUMA))


def riscv_tree() -> bytes:
    """A real tree with nodes, compacted."""
    return compact(qemu_tree(*RISCV, "-m", "256M", "-smp", "4", *NUMA))


def parse(tables: Tables, blob: bytes, expect: int = OK) -> tuple[dict[str, Any], list[str]]:
    """Parses a tree; gives what was found, and the warnings."""
    answer = tables.ask("device-tree", blob)
    assert answer["result"] == expect
    return answer["info"], warnings_of(answer)


def test_cut_at_every_length(tables: Tables) -> None:
    """Given a tree cut anywhere, the parser says that it is corrupt."""
    for blob in truncations(riscv_tree()):
        answer = tables.ask("device-tree", blob)
        assert answer["result"] == CORRUPT, len(blob)
        assert warnings_of(answer), len(blob)


@pytest.mark.parametrize("tree", [arm_tree, riscv_tree])
def test_random_damage(tables: Tables, tree: Any) -> None:
    """Given random damage, the parser keeps its promises."""
    survived = 0
    for blob in mutations(tree(), tree.__name__):
        survived += tables.ask("device-tree", blob)["result"] == OK
    assert survived > 0


def test_empty_and_tiny(tables: Tables) -> None:
    """Given no tree at all, the parser says so."""
    for blob in (b"", b"\xd0\x0d\xfe\xed", bytes(40), b"\xff" * 40, b"\xff" * 4096):
        assert tables.ask("device-tree", blob)["result"] == CORRUPT


@pytest.mark.parametrize(
    "field, value, result",
    [
        ("magic", 0xD00DFEEE, CORRUPT),
        ("total", 39, CORRUPT),
        ("total", 0xFFFFFFFF, CORRUPT),
        ("structure", 0xFFFFFFFC, CORRUPT),
        ("structure", 0, CORRUPT),
        ("strings", 0xFFFFFFFF, CORRUPT),
        ("version", 3, CORRUPT),
        ("compatible", 18, CORRUPT),
        ("structure_size", 0, CORRUPT),
        ("structure_size", 0xFFFFFFFF, OK),
        ("strings_size", 0xFFFFFFFF, OK),
        ("strings_size", 0, OK),
        ("reservations", 0xFFFFFFFF, OK),
    ],
)
def test_header_fields(tables: Tables, field: str, value: int, result: int) -> None:
    """Given one wrong field in the header, the result is as good as it can be."""
    tree = TreeBuilder().begin(b"").value("model", b"board\0").end().word(END)
    info, warnings = parse(tables, tree.blob(bytes(16), **{field: value}), result)
    assert warnings
    if result == OK and field != "strings_size":
        assert info["machine"] == "board"


def test_tree_in_larger_memory(tables: Tables) -> None:
    """Given a tree that claims more than the memory it is in, its parts are used."""
    tree = TreeBuilder().begin(b"").value("model", b"board\0").end().word(END)
    blob = tree.blob()
    info, warnings = parse(tables, tree.blob(total=len(blob) + 1), CORRUPT)
    assert info["machine"] == "board"
    assert any("larger than the memory" in warning for warning in warnings)


@pytest.mark.parametrize(
    "tree",
    [
        TreeBuilder().begin(b"").word(0x12345678),
        TreeBuilder().begin(b""),
        TreeBuilder().begin(b"").word(END),
        TreeBuilder().begin(b"").end(),
        TreeBuilder().begin(b"").end().end().word(END),
        TreeBuilder().begin(b"").end().begin(b"").end().word(END),
        TreeBuilder().cells("a", 1).begin(b"").end().word(END),
        TreeBuilder().word(END),
        TreeBuilder().word(NOP).word(NOP),
        TreeBuilder().begin(b"").value("long", b"x", told=0xFFFFFFFF).end().word(END),
        TreeBuilder().begin(b"").value("long", b"x", told=0xFFFFFFF0).end().word(END),
        TreeBuilder().begin(b"").value("long", b"", told=1000).end().word(END),
        TreeBuilder().begin(b"").word(PROPERTY),
        TreeBuilder().begin(b"").word(PROPERTY).word(0),
    ],
)
def test_wrong_tokens(tables: Tables, tree: TreeBuilder) -> None:
    """Given tokens that make no tree, the parser says where the damage is."""
    _, warnings = parse(tables, tree.blob(), CORRUPT)
    assert any("damaged" in warning for warning in warnings)


def test_what_stands_before_the_damage_is_used(tables: Tables) -> None:
    """Given damage behind the memory node, the memory is known."""
    tree = TreeBuilder().begin(b"").cells("#address-cells", 1).cells("#size-cells", 1)
    tree.begin(b"memory@0").value("device_type", b"memory\0").cells("reg", 0x1000, 0x8000).end()
    tree.word(0xBAD)
    info, _ = parse(tables, tree.blob(), CORRUPT)
    assert info["memory"] == [[0x1000, 0x8000, "usable"]]


@pytest.mark.parametrize("depth", [15, 16, 17, 1000, 100_000])
def test_deep_nesting(tables: Tables, depth: int) -> None:
    """Given nodes nested too deep, those beyond the limit are left out and the rest is used."""
    tree = TreeBuilder().begin(b"")
    tree.structure += struct.pack(">II", 1, 0) * depth + struct.pack(">I", 2) * depth
    tree.begin(b"memory").value("device_type", b"memory\0").cells("reg", 0, 1, 0x1000).end()
    info, warnings = parse(tables, tree.end().word(END).blob())
    assert info["memory"] == [[1, 0x1000, "usable"]]
    assert any("nested deeper" in warning for warning in warnings) == (depth + 1 > 16)


def test_unterminated_names(tables: Tables) -> None:
    """Given strings without their ends, nothing is read past the block."""
    tree = TreeBuilder().begin(b"").value("model", b"board").end().word(END)
    tree.strings = tree.strings[:-1]
    info, _ = parse(tables, tree.blob())
    assert info["machine"] == ""
    tree = TreeBuilder().begin(b"")
    tree.word(1).structure += b"name that never ends"
    parse(tables, tree.blob(), CORRUPT)


def test_name_outside_the_strings(tables: Tables) -> None:
    """Given a property whose name lies outside, it is passed over with a warning."""
    tree = TreeBuilder().begin(b"").word(PROPERTY).word(4).word(0x7FFFFFFF).word(1)
    tree.value("model", b"board\0").end().word(END)
    info, warnings = parse(tables, tree.blob())
    assert info["machine"] == "board"
    assert any("without a name" in warning for warning in warnings)


@pytest.mark.parametrize("cells", [0, 3, 255, 0xFFFFFFFF, 0x40000000, 0x80000000])
def test_odd_cell_counts(tables: Tables, cells: int) -> None:
    """Given counts of cells that no address has, the node is passed over."""
    source = f"""/dts-v1/; / {{ #address-cells = <{cells}>; #size-cells = <{cells}>;
        memory@0 {{ device_type = "memory"; reg = <1 2 3 4 5 6>; }};
        pci@0 {{ compatible = "pci-host-ecam-generic"; #address-cells = <{cells}>;
            #size-cells = <{cells}>; reg = <1 2 3 4 5 6>; ranges = <1 2 3 4 5 6 7 8>; }};
        cpus {{ #address-cells = <{cells}>; cpu@0 {{ device_type = "cpu"; reg = <1 2 3>; }}; }};
        }};"""
    info, warnings = parse(tables, compile_tree(source))
    assert info["memory"] == []
    assert info["pci"]["ecam_address"] == 0
    assert any("bad entry of a memory node" in warning for warning in warnings)


def test_ranges_that_wrap(tables: Tables) -> None:
    """Given addresses that wrap at 2^64, alone or by translation, they are refused."""
    body = """memory@90000000 { device_type = "memory";
            reg = <0xffffffff 0xfffff000 0 0x2000>, <0 0x90000000 0 0x1000>; };
        bus { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>;
            ranges = <0 0 0xffffffff 0xffff0000 0 0x20000>;
            rtc@18000 { compatible = "arm,pl031"; reg = <0 0x18000 0 0x1000>; };
            intc@8000 { compatible = "riscv,plic0"; riscv,ndev = <1>;
                reg = <0 0x8000 0 0x10000>; }; };
        low { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>;
            ranges = <0 0x10 0 0 0 0x1000>;
            clint@10 { compatible = "riscv,clint0";
                reg = <0 0x10 0xffffffff 0xfffffff8>; }; };"""
    info, warnings = parse(tables, board(body))
    assert info["memory"] == [[0x80000000, 0x1000000, "usable"]]
    assert info["timer"]["clock_address"] == 0
    assert info["controllers"] == []
    assert len(warnings) == 4


def test_too_many_of_everything(tables: Tables) -> None:
    """Given more than there is room for, the rest is lost with a warning and reserved stays."""
    memory = "".join(
        f'memory@{i:x} {{ device_type = "memory"; reg = <{i} 0 0 {0x1000 * (i + 1)}>; }};'
        for i in range(1, 200)
    )
    processors = "".join(f'cpu@{i} {{ device_type = "cpu"; reg = <{i}>; }};' for i in range(300))
    controllers = "".join(
        f'clint@{i} {{ compatible = "riscv,clint0"; reg = <0 {i} 0 1>; }};' for i in range(40)
    )
    reserved = "".join(f"r@{i:x} {{ reg = <9 {i} 0 1>; }};" for i in range(50))
    body = f"""{memory} cpus {{ {processors} }}; {controllers}
        reserved-memory {{ #address-cells = <2>; #size-cells = <2>; ranges; {reserved} }};"""
    info, warnings = parse(tables, board(body))
    assert len(info["memory"]) == 128
    assert sum(kind == "reserved" for _, _, kind in info["memory"]) == 50
    assert [199 << 32, 0x1000 * 200, "usable"] in info["memory"]
    assert len(info["processors"]) == 256
    assert len(info["controllers"]) == 32
    assert len(warnings) == 32
    assert "further warnings" in warnings[-1]


def test_processor_told_twice(tables: Tables) -> None:
    """Given one number for two processors, one is used."""
    body = """cpus { cpu@1 { device_type = "cpu"; reg = <0>; };
        cpu@2 { device_type = "cpu"; }; cpu@3 { device_type = "cpu"; reg = [00 01]; }; };"""
    info, warnings = parse(tables, board(body))
    assert len(info["processors"]) == 1
    assert len(warnings) == 3


def test_nodes_out_of_range(tables: Tables) -> None:
    """Given node numbers that are too high, the first node is used instead."""
    body = """memory@90000000 { device_type = "memory"; numa-node-id = <16>;
            reg = <0 0x90000000 0 0x1000>; };
        memory@80001000 { device_type = "memory"; numa-node-id = <15>;
            reg = <0 0x80001000 0 0x1000>; };
        distance-map { compatible = "numa-distance-map-v1";
            distance-matrix = <0 16 20>, <16 0 20>, <0 1 10>, <1 1 11>, <0 2 256>, <0 3>; };"""
    info, warnings = parse(tables, board(body))
    assert [0x90000000, 0x1000, 0] in info["node_ranges"]
    assert info["node_count"] == 16
    assert any("number of a memory node" in warning for warning in warnings)
    assert any("in two nodes" in warning for warning in warnings)
    assert sum("bad distance" in warning for warning in warnings) == 5
    assert any("cut short" in warning for warning in warnings)


@pytest.mark.parametrize(
    "chosen",
    [
        "linux,initrd-start = <0x2000>;",
        "linux,initrd-end = <0x2000>;",
        "linux,initrd-start = <0x2000>; linux,initrd-end = <0x1000>;",
        "linux,initrd-start = <1 2 3>; linux,initrd-end = <1 2 3>;",
        "linux,initrd-start = [00]; linux,initrd-end = [ff];",
        "linux,initrd-start; linux,initrd-end;",
    ],
)
def test_bad_ramdisk(tables: Tables, chosen: str) -> None:
    """Given bounds that make no sense, there is no ramdisk."""
    info, warnings = parse(tables, board(f"chosen {{ {chosen} }};"))
    assert info["ramdisk_size"] == 0
    assert any("ramdisk" in warning for warning in warnings)


def test_long_and_unterminated_command_line(tables: Tables) -> None:
    """Given a command line that is too long, it is cut; one without end is not used."""
    info, warnings = parse(tables, board(f'chosen {{ bootargs = "{"x" * 2000}"; }};'))
    assert info["command_line"] == "x" * 1023
    assert any("cut" in warning for warning in warnings)
    info, warnings = parse(tables, board("chosen { bootargs = [78 79]; };"))
    assert info["command_line"] == ""
    assert any("not terminated" in warning for warning in warnings)


@pytest.mark.parametrize(
    "path",
    ["", "/", "//", ":", "/nowhere", "nowhere", "/serial@1000/below", "a" * 200, "/memory"],
)
def test_bad_console_path(tables: Tables, path: str) -> None:
    """Given a path to no serial port, the first serial port is the console."""
    info, warnings = parse(tables, board(f'chosen {{ stdout-path = "{path}"; }};'))
    assert info["console"]["address"] == 0x1000
    assert any("can't use stdout-path" in warning for warning in warnings)


def test_odd_console(tables: Tables) -> None:
    """Given a port with values out of range, usable ones take their place."""
    body = """chosen { stdout-path = "/serial@1000:99999999999999999999"; };
        serial@1000 { reg-shift = <40>; reg-io-width = <3>; reg-offset = <0x100>;
            clocks = <0xffffffff>; interrupt-parent = <77>; interrupts = <1>; };"""
    info, warnings = parse(tables, board(body))
    console = info["console"]
    assert (console["stride"], console["width"], console["baud"]) == (1, 1, 0)
    assert (console["address"], console["clock_hz"], console["interrupt"]) == (0x1000, 0, 0)
    assert len(warnings) == 4


def test_interrupts_with_huge_cell_count(tables: Tables) -> None:
    """Given a controller that claims billions of cells an interrupt, no interrupt is told."""
    body = """interrupt-parent = <5>; pic { phandle = <5>; #interrupt-cells = <0xffffffff>; };
        timer { compatible = "arm,armv8-timer"; interrupts = <1 13 4 1 14 4>; };"""
    source = board(body, "#address-cells = <2>; #size-cells = <2>; interrupt-parent = <5>;")
    info, warnings = parse(tables, source)
    assert info["timer"]["interrupts"][1:] == [0, 0, 0]
    assert any("timer without" in warning for warning in warnings)


@pytest.mark.parametrize(
    "pci, last_bus",
    [
        ("bus-range = <5 2>;", 0),
        ("bus-range = <0 256>;", 0),
        ("bus-range = <7>;", 0),
        ("bus-range = <0 255>;", 1),
        ("bus-range = <254 255>;", 255),
    ],
)
def test_pci_buses(tables: Tables, pci: str, last_bus: int) -> None:
    """Given buses that don't fit the configuration space, only those that do are told."""
    body = f"""pci@0 {{ compatible = "pci-host-ecam-generic"; #address-cells = <3>;
        #size-cells = <2>; reg = <0 0x40000000 0 0x200000>; {pci}
        ranges = <0x2000000 0 0x50000000 0 0x50000000 0 0x1000
                  0x3000000 0xffffffff 0xfffff000 0 0 0 0x2000
                  0x1000000 0 0 0xffffffff 0xfffff000 0 0x2000>; }};"""
    info, warnings = parse(tables, board(body))
    assert info["pci"]["last_bus"] == last_bus
    assert info["pci"]["memory"] == [0x50000000, 0x50000000, 0x1000]
    assert info["pci"]["memory64"][2] == 0
    assert info["pci"]["io"][2] == 0
    assert sum("bad PCI window" in warning for warning in warnings) == 2


def test_pci_without_room(tables: Tables) -> None:
    """Given configuration space smaller than a bus, or none, there is no PCI."""
    for reg in ("<0 0x40000000 0 0xfffff>", "<0 0x40000000 0 0>", "<0 0 0 0x100000>", "[00]"):
        body = f"""pci@0 {{ compatible = "pci-host-ecam-generic"; #address-cells = <3>;
            #size-cells = <2>; reg = {reg}; }};"""
        info, warnings = parse(tables, board(body))
        assert info["pci"]["ecam_address"] == 0
        assert warnings


def test_power_by_unknown_method(tables: Tables) -> None:
    """Given PSCI by a method that is not known, it is not used."""
    for method in ('method = "svc";', "", "method = [68];"):
        info, warnings = parse(tables, board(f'psci {{ compatible = "arm,psci-1.0"; {method} }};'))
        assert info["power"]["psci"] == 0
        assert any("PSCI" in warning for warning in warnings)


def test_reservations_without_end(tables: Tables) -> None:
    """Given reservations that are never ended, they stop at the end of the tree."""
    tree = TreeBuilder().begin(b"").end().word(END)
    blob = tree.blob(reserved=b"")
    blob = blob[:16] + struct.pack(">I", len(blob) - 8) + blob[20:]
    _, warnings = parse(tables, blob)
    assert any("no end" in warning for warning in warnings)


def test_thousands_of_nodes(tables: Tables) -> None:
    """Given a tree as large as is accepted, it is read in good time."""
    tree = TreeBuilder().begin(b"").cells("#address-cells", 1).cells("#size-cells", 1)
    node = TreeBuilder()
    node.strings = tree.strings
    node.begin(b"memory").value("device_type", b"memory\0").cells("reg", 0x1000, 0x1000).end()
    tree.strings = node.strings
    tree.structure += node.structure * 30000
    info, _ = parse(tables, tree.end().word(END).blob())
    assert len(info["memory"]) == 128
