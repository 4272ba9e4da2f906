"""Device trees that are as they should be, from QEMU and from source text."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from host.tests.host_tables import OK, Tables, warnings_of
from host.tests.trees import ARM, NUMA, RISCV, TreeBuilder, board, compile_tree, qemu_tree

MIB = 1 << 20
GIB = 1 << 30


def parse(tables: Tables, blob: bytes) -> dict[str, Any]:
    """Parses a tree that must give no warning."""
    answer = tables.ask("device-tree", blob)
    assert warnings_of(answer) == []
    assert answer["result"] == OK
    info: dict[str, Any] = answer["info"]
    return info


def kinds(info: dict[str, Any]) -> list[str]:
    """The kinds of the interrupt controllers, in order of their addresses."""
    return [kind for _, kind in sorted((c["address"], c["kind"]) for c in info["controllers"])]


def test_arm_machine(tables: Tables) -> None:
    """Given QEMU's virt machine, everything start-up needs is found where QEMU puts it."""
    info = parse(tables, qemu_tree(*ARM, "-m", "256M", "-smp", "4"))
    assert info["machine"] == "linux,dummy-virt"
    assert info["memory"] == [[GIB, 256 * MIB, "usable"]]
    assert [processor["hardware_id"] for processor in info["processors"]] == [0, 1, 2, 3]
    assert all(processor["usable"] for processor in info["processors"])
    assert info["node_count"] == 1
    assert kinds(info) == ["gic distributor", "gic its", "gic redistributor"]
    assert [c["address"] for c in info["controllers"]] == [0x8000000, 0x80A0000, 0x8080000]
    assert info["timer"]["interrupts"] == [29, 30, 27, 26]
    assert info["timer"]["clock_address"] == 0x9010000
    assert info["console"]["kind"] == "pl011"
    assert info["console"]["address"] == 0x9000000
    assert info["console"]["clock_hz"] == 24_000_000
    assert info["console"]["interrupt"] == 33
    assert (info["console"]["width"], info["console"]["stride"]) == (4, 4)
    assert info["power"]["psci"] == 1
    assert info["pci"]["ecam_address"] == 0x40_1000_0000
    assert (info["pci"]["first_bus"], info["pci"]["last_bus"]) == (0, 255)
    assert info["pci"]["io"] == [0x3EFF0000, 0, 0x10000]
    assert info["pci"]["memory"] == [0x10000000, 0x10000000, 0x2EFF0000]
    assert info["pci"]["memory64"] == [0x80_0000_0000, 0x80_0000_0000, 0x80_0000_0000]
    assert any(info["seed"])


def test_arm_machine_with_secure_world_uses_smc(tables: Tables) -> None:
    """Given a machine with EL2, PSCI is called by SMC."""
    machine = "virt,gic-version=3,virtualization=on"
    info = parse(tables, qemu_tree("aarch64", machine, "-cpu", "neoverse-n1"))
    assert (info["power"]["psci"], info["power"]["psci_uses_hvc"]) == (1, 0)


def test_riscv_machine(tables: Tables) -> None:
    """Given QEMU's virt machine, everything start-up needs is found where QEMU puts it."""
    info = parse(tables, qemu_tree(*RISCV, "-m", "512M", "-smp", "3"))
    assert info["machine"] == "riscv-virtio,qemu"
    assert info["memory"] == [[2 * GIB, 512 * MIB, "usable"]]
    assert [processor["hardware_id"] for processor in info["processors"]] == [0, 1, 2]
    assert kinds(info) == ["clint", "plic"]
    plic = next(c for c in info["controllers"] if c["kind"] == "plic")
    assert (plic["address"], plic["interrupts"]) == (0xC000000, 96)
    assert info["timer"]["frequency_hz"] == 10_000_000
    assert info["timer"]["clock_address"] == 0x101000
    assert info["console"]["kind"] == "ns16550"
    assert info["console"]["address"] == 0x10000000
    assert info["console"]["clock_hz"] == 3_686_400
    assert info["console"]["interrupt"] == 10
    assert (info["console"]["width"], info["console"]["stride"]) == (1, 1)
    assert info["power"]["test_device"] == 0x100000
    assert info["pci"]["ecam_address"] == 0x30000000
    assert info["pci"]["io"] == [0x3000000, 0, 0x10000]
    assert info["pci"]["memory"] == [0x40000000, 0x40000000, 0x40000000]


def test_riscv_wired_aplic(tables: Tables) -> None:
    """Given APLICs without messages, their domain follows from the harts' interrupts."""
    info = parse(tables, qemu_tree("riscv64", "virt,aia=aplic", "-smp", "2"))
    domains = {(c["kind"], c["first_interrupt"]): c["address"] for c in info["controllers"]}
    assert domains["aplic", 0] == 0xC000000
    assert domains["aplic", 1] == 0xD000000


@pytest.mark.parametrize("machine, base", [(ARM, GIB), (RISCV, 2 * GIB)])
def test_nodes(tables: Tables, machine: tuple[str, ...], base: int) -> None:
    """Given two nodes, memory, processors and distances are told apart."""
    info = parse(tables, qemu_tree(*machine, "-m", "256M", "-smp", "4", *NUMA))
    assert info["node_count"] == 2
    assert sorted(info["node_ranges"]) == [
        [base, 96 * MIB, 0],
        [base + 96 * MIB, 160 * MIB, 1],
    ]
    assert info["node_distance"] == [[10, 25], [25, 10]]
    assert [processor["node"] for processor in info["processors"]] == [0, 0, 1, 1]


def test_many_processors(tables: Tables) -> None:
    """Given processors in several clusters, all are found by their affinity."""
    info = parse(tables, qemu_tree(*ARM, "-smp", "48"))
    assert len(info["processors"]) == 48
    ids = {processor["hardware_id"] for processor in info["processors"]}
    assert ids == {(number // 16) << 8 | number % 16 for number in range(48)}


def test_boot_loader_choices(tables: Tables) -> None:
    """Given /chosen, command line, ramdisk and seed are taken from it."""
    chosen = """chosen { bootargs = "log=debug panic=\\"halt now\\""; stdout-path = "/serial@1000";
        linux,initrd-start = <0x80800000>; linux,initrd-end = <0 0x80801234>;
        rng-seed = [01 00 00 00 00 00 00 00 02]; kaslr-seed = <0x11000000 0>; };"""
    info = parse(tables, board(chosen))
    assert info["command_line"] == 'log=debug panic="halt now"'
    assert (info["ramdisk"], info["ramdisk_size"]) == (0x80800000, 0x1234)
    assert [0x80800000, 0x1234, "ramdisk"] in info["memory"]
    assert info["seed"] == [0x10, 2, 0, 0]


def test_reserved_memory(tables: Tables) -> None:
    """Given reservations of both kinds, all become reserved ranges."""
    body = """reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
        firmware@80000000 { reg = <0 0x80000000 0 0x40000>; no-map; };
        anywhere { size = <0 0x1000>; };
        off@81000000 { status = "disabled"; reg = <0 0x81000000 0 0x1000>; }; };"""
    info = parse(tables, board(body))
    assert [0x80000000, 0x40000, "reserved"] in info["memory"]
    assert not any(entry[0] == 0x81000000 for entry in info["memory"])

    source = """/dts-v1/; /memreserve/ 0x80100000 0x2000; / { #address-cells = <2>;
        #size-cells = <2>; chosen { stdout-path = "/s@0"; }; s@0 { compatible = "arm,pl011";
        reg = <0 0 0 0x1000>; }; memory@0 { device_type = "memory"; reg = <1 0 0 0x1000>; };
        cpus { #address-cells = <2>; #size-cells = <0>;
        cpu@0 { device_type = "cpu"; reg = <0x12 0x34>; }; }; };"""
    info = parse(tables, compile_tree(source))
    assert [0x80100000, 0x2000, "reserved"] in info["memory"]
    assert [1 << 32, 0x1000, "usable"] in info["memory"]
    assert info["processors"][0]["hardware_id"] == 0x1200000034


def test_addresses_pass_through_buses(tables: Tables) -> None:
    """Given buses in buses with different cells, addresses come out as the processor sees them."""
    body = """outer { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
        ranges = <0x0 0x1 0x0 0x10000>, <0x40000 0x2 0x0 0x10000>;
        inner { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <1>;
            ranges = <0 0x0 0x40000 0x8000>;
            rtc@100 { compatible = "google,goldfish-rtc"; reg = <0 0x100 0x100>; }; }; };"""
    info = parse(tables, board(body))
    assert info["timer"]["clock_address"] == 0x2_0000_0100


def test_cells_have_defaults(tables: Tables) -> None:
    """Given no #address-cells at the root, addresses have two cells and sizes one."""
    source = """/dts-v1/; / { chosen { stdout-path = "/s@0"; };
        s@0 { compatible = "ns16550"; reg = <0 0x9000 0x100>; };
        memory@0 { device_type = "memory"; reg = <0 0x40000000 0x1000>; };
        cpus { #address-cells = <1>; #size-cells = <0>;
        cpu@7 { device_type = "cpu"; reg = <7>; }; }; };"""
    info = parse(tables, compile_tree(source))
    assert info["memory"] == [[0x40000000, 0x1000, "usable"]]
    assert info["console"]["address"] == 0x9000


@pytest.mark.parametrize("path", ["serial0:9600n8", "/soc/uart@2000:9600", "/soc/uart:9600n8"])
def test_console_by_alias_and_options(tables: Tables, path: str) -> None:
    """Given stdout-path by alias or path, with a speed, that port is the console."""
    body = f"""aliases {{ serial0 = "/soc/uart@2000"; }}; chosen {{ stdout-path = "{path}"; }};
        osc: osc {{ compatible = "fixed-clock"; #clock-cells = <0>;
            clock-frequency = <48000000>; }};
        soc {{ compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
            ranges = <0 0x5 0 0x100000>;
            uart@2000 {{ compatible = "snps,dw-apb-uart"; reg = <0x2000 0x100>; clocks = <&osc>;
                reg-shift = <2>; reg-io-width = <4>; current-speed = <115200>;
                reg-offset = <0x10>; }}; }};"""
    console = parse(tables, board(body))["console"]
    assert console == {
        "kind": "ns16550",
        "is_port": 0,
        "width": 4,
        "stride": 4,
        "address": 0x5_0000_2010,
        "clock_hz": 48_000_000,
        "baud": 9600,
        "interrupt": 0,
    }


def test_speed_from_the_port(tables: Tables) -> None:
    """Given no speed in stdout-path, the port's own counts."""
    body = """serial@1000 { current-speed = <57600>; };"""
    assert parse(tables, board(body))["console"]["baud"] == 57600


def test_first_port_without_stdout_path(tables: Tables) -> None:
    """Given no stdout-path, the first port that is not disabled is taken, with a warning."""
    source = """/dts-v1/; / { #address-cells = <1>; #size-cells = <1>;
        off@1 { compatible = "arm,pl011"; reg = <0x1000 0x1000>; status = "disabled"; };
        bus { compatible = "simple-bus"; status = "disabled"; #address-cells = <1>;
            #size-cells = <1>; ranges; under@2 { compatible = "arm,pl011"; reg = <0x2000 0x1000>; };
            }; on@3 { compatible = "arm,pl011"; reg = <0x3000 0x1000>; };
        memory { device_type = "memory"; reg = <0 0x1000>; }; };"""
    answer = tables.ask("device-tree", compile_tree(source))
    assert answer["info"]["console"]["address"] == 0x3000
    assert any("no stdout-path" in warning for warning in warnings_of(answer))


def test_disabled_processor(tables: Tables) -> None:
    """Given a processor that the firmware has disabled, it is listed and not usable."""
    body = """cpus { cpu@1 { device_type = "cpu"; reg = <1>; status = "fail"; }; };"""
    usable = {p["hardware_id"]: p["usable"] for p in parse(tables, board(body))["processors"]}
    assert usable == {0: True, 1: False}


def test_system_controller_as_test_device(tables: Tables) -> None:
    """Given only a system controller that works like the test device, it is used as one."""
    body = """sys: sys@100000 { compatible = "syscon"; reg = <0 0x100000 0 0x1000>; };
        poweroff { compatible = "syscon-poweroff"; regmap = <&sys>; offset = <0>;
            value = <0x5555>; };"""
    assert parse(tables, board(body))["power"]["test_device"] == 0x100000


def test_distance_told_one_way(tables: Tables) -> None:
    """Given a distance for one direction, it holds for both until the other is told."""
    body = """memory@90000000 { device_type = "memory"; numa-node-id = <2>;
            reg = <0 0x90000000 0 0x1000>; };
        distance-map { compatible = "numa-distance-map-v1";
            distance-matrix = <0 2 30>, <2 0 40>, <1 2 50>, <0 0 10>; };"""
    info = parse(tables, board(body))
    assert info["node_count"] == 3
    assert info["node_distance"] == [[10, 0, 30], [0, 0, 50], [40, 50, 0]]


def test_old_version(tables: Tables) -> None:
    """Given version 16, whose header has no size of the structure, the tree is still read."""
    tree = TreeBuilder().begin(b"").value("model", b"old\0").end().word(9)
    answer = tables.ask("device-tree", tree.blob(version=16, structure_size=0))
    assert answer["result"] == OK
    assert answer["info"]["machine"] == "old"


def test_claimed_size(tables: Tables) -> None:
    """The size that a header claims is told; larger than the limit is refused."""
    tree = TreeBuilder().begin(b"").end().word(9)
    blob = tree.blob()
    assert tables.ask("device-tree", blob)["header_size"] == len(blob)
    large = struct.pack(">II", 0xD00DFEED, 2 * MIB + 1) + blob[8:]
    assert tables.ask("device-tree", large)["header_size"] == -9
