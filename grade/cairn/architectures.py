"""The one table of what differs between the machines, and QEMU's arguments made from it."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LIBRARY = Path(__file__).resolve().parent
PROJECT = LIBRARY.parent.parent


@dataclass(frozen=True)
class Architecture:
    """A machine of QEMU's, and how the course uses it."""

    name: str
    machine: str
    image: str  # the file in the build folder that QEMU boots
    extra: tuple[str, ...] = ()
    second_port: tuple[str, ...] = ()  # takes {chardev}
    two_serial: bool = False  # whether a second -serial gives the same
    register: str = ""  # the program counter in `info registers`
    frame_register: str = ""  # the frame pointer there
    frame_record: int = 0  # from it to the frame record
    gdb: str = ""  # GDB's name for it

    @property
    def emulator(self) -> str:
        """The command that emulates it."""
        return f"qemu-system-{self.name}"


ARCHITECTURES = {
    entry.name: entry
    for entry in (
        Architecture(
            "x86_64",
            # With a SATA controller SeaBIOS looks for disks for half a second of host time.
            "q35,sata=off",
            "kernel.stripped",
            extra=(
                *("-cpu", "qemu64,+pdpe1gb,+smep,+smap,+fsgsbase,+rdrand"),
                *("-device", "isa-debug-exit,iobase=0xf4,iosize=4"),
            ),
            second_port=("-device", "isa-serial,index=1,chardev={chardev}"),
            two_serial=True,
            register="RIP",
            frame_register="RBP",
            gdb="i386:x86-64",
        ),
        Architecture(
            "aarch64",
            "virt,gic-version=3",
            "kernel.bin",
            extra=("-cpu", "neoverse-n1"),
            second_port=("-device", "pci-serial,chardev={chardev}"),
            register="PC",
            frame_register="X29",
            gdb="aarch64",
        ),
        Architecture(
            "riscv64",
            "virt",
            "kernel.bin",
            extra=("-cpu", "rv64"),
            second_port=("-device", "pci-serial,chardev={chardev}"),
            register="pc",
            frame_register="x8/s0",
            frame_record=-16,
            gdb="riscv:rv64",
        ),
    )
}


@dataclass(frozen=True)
class Node:
    """A NUMA node: its memory and its processors ("0-1", "" for none)."""

    memory: str
    processors: str = ""


@dataclass(frozen=True)
class Hardware:
    """What a machine is made of, besides its architecture."""

    processors: int = 1
    memory: str = "256M"
    nodes: Sequence[Node] = ()
    devices: Sequence[str] = ()  # further QEMU arguments, one word each


def build_folder(arch: str, variant: str, sanitized: bool) -> Path:
    """Where the Makefile puts a kernel."""
    return PROJECT / "build" / arch / (variant + ("-san" if sanitized else ""))


def hardware_arguments(arch: Architecture, hardware: Hardware) -> list[str]:
    """QEMU's arguments for the machine alone: nothing is loaded and no port is connected yet."""
    arguments = [arch.emulator, "-machine", arch.machine, *arch.extra]
    arguments += ["-nodefaults", "-display", "none", "-m", hardware.memory]
    arguments += ["-smp", str(hardware.processors)]
    for number, node in enumerate(hardware.nodes):
        backend = f"memory-backend-ram,id=node{number},size={node.memory}"
        place = f"node,nodeid={number},memdev=node{number}"
        if node.processors:
            place += f",cpus={node.processors}"
        arguments += ["-object", backend, "-numa", place]
    return arguments + list(hardware.devices)


def boot_arguments(image: Path, ramdisk: Path | None, command_line: str) -> list[str]:
    """QEMU's arguments for what it loads."""
    arguments = ["-kernel", str(image)]
    if ramdisk is not None:
        arguments += ["-initrd", str(ramdisk)]
    if command_line:
        arguments += ["-append", command_line]
    return arguments


def host_is(arch: str) -> bool:
    """Whether this computer is itself of that kind."""
    return platform.machine().replace("arm64", "aarch64") == arch


def tool(arch: str, name: str) -> str:
    """A binary tool for `arch`: the native one where the host is of that kind."""
    return name if host_is(arch) else f"{arch.replace('_', '-')}-linux-gnu-{name}"


def processors_of_host() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))
