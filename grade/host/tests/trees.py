"""Device trees: from QEMU, from source text by dtc, and built token by token."""

from __future__ import annotations

import functools
import struct
import subprocess
import tempfile
from pathlib import Path

BEGIN_NODE = 1
END_NODE = 2
PROPERTY = 3
NOP = 4
END = 9

_HEADER_FIELDS = 10

ARM = ("aarch64", "virt,gic-version=3", "-cpu", "neoverse-n1")
RISCV = ("riscv64", "virt", "-cpu", "rv64")
NUMA = (
    "-object memory-backend-ram,size=96M,id=a -object memory-backend-ram,size=160M,id=b "
    "-numa node,memdev=a,cpus=0-1 -numa node,memdev=b,cpus=2-3 -numa dist,src=0,dst=1,val=25"
).split()


def compile_tree(source: str) -> bytes:
    """Compiles source text; what dtc finds odd about it is what the test wants."""
    done = subprocess.run(
        ["dtc", "-q", "-q", "-f", "-I", "dts", "-O", "dtb", "-"],
        input=source.encode(),
        capture_output=True,
        check=True,
    )
    return done.stdout


def board(body: str, root: str = "#address-cells = <2>; #size-cells = <2>;") -> bytes:
    """A small machine with memory, a processor and a console, and what the test adds."""
    return compile_tree(
        f"""/dts-v1/;
        / {{ {root} model = "board";
            chosen {{ stdout-path = "/serial@1000"; }};
            memory@80000000 {{ device_type = "memory"; reg = <0 0x80000000 0 0x1000000>; }};
            cpus {{ #address-cells = <1>; #size-cells = <0>;
                cpu@0 {{ device_type = "cpu"; reg = <0>; }}; }};
            serial@1000 {{ compatible = "ns16550a"; reg = <0 0x1000 0 0x100>; }}; }};
        / {{ {body} }};"""
    )


def compact(blob: bytes) -> bytes:
    """The same tree without the room that QEMU leaves for additions."""
    done = subprocess.run(
        ["dtc", "-q", "-q", "-f", "-I", "dtb", "-O", "dtb", "-"],
        input=blob,
        capture_output=True,
        check=True,
    )
    return done.stdout


@functools.lru_cache(maxsize=None)
def qemu_tree(arch: str, machine: str, *options: str) -> bytes:
    """The device tree that QEMU makes for a machine."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "tree"
        command = [f"qemu-system-{arch}", "-machine", f"{machine},dumpdtb={target}", *options]
        command += ["-nodefaults", "-display", "none", "-seed", "1"]
        subprocess.run(command, capture_output=True, check=True, timeout=60)
        return target.read_bytes()


class TreeBuilder:
    """Writes a structure block token by token, right or wrong."""

    def __init__(self) -> None:
        self.structure = b""
        self.strings = b"\0"

    def word(self, value: int) -> TreeBuilder:
        """Appends one cell."""
        self.structure += struct.pack(">I", value)
        return self

    def begin(self, name: bytes) -> TreeBuilder:
        """Opens a node."""
        self.word(BEGIN_NODE)
        self.structure += name + b"\0" * (4 - len(name) % 4)
        return self

    def end(self) -> TreeBuilder:
        """Closes a node."""
        return self.word(END_NODE)

    def cells(self, name: str, *values: int) -> TreeBuilder:
        """Appends a property of cells."""
        return self.value(name, struct.pack(f">{len(values)}I", *values))

    def value(self, name: str, value: bytes, told: int | None = None) -> TreeBuilder:
        """Appends a property; @p told is the size it claims."""
        self.word(PROPERTY).word(len(value) if told is None else told)
        self.word(len(self.strings))
        self.strings += name.encode() + b"\0"
        self.structure += value + b"\0" * (-len(value) % 4)
        return self

    def blob(self, reserved: bytes = bytes(16), **fields: int) -> bytes:
        """The whole tree; fields of the header may be given other values."""
        at = 4 * _HEADER_FIELDS
        at += -at % 8
        header = {
            "magic": 0xD00DFEED,
            "total": at + len(reserved) + len(self.structure) + len(self.strings),
            "structure": at + len(reserved),
            "strings": at + len(reserved) + len(self.structure),
            "reservations": at,
            "version": 17,
            "compatible": 16,
            "processor": 0,
            "strings_size": len(self.strings),
            "structure_size": len(self.structure),
        }
        assert not fields.keys() - header.keys()
        header.update(fields)
        packed = struct.pack(f">{_HEADER_FIELDS}I", *header.values())
        return packed.ljust(at, b"\0") + reserved + self.structure + self.strings
