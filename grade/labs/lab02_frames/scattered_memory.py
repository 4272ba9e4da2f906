"""A machine whose device tree reserves memory here and there."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from cairn.architectures import ARCHITECTURES, Hardware, hardware_arguments

# Devicetree Specification 0.4, section 5.2: where the header has what it says.
TOTAL_SIZE, STRUCTURE, STRINGS, RESERVATIONS, STRINGS_SIZE, STRUCTURE_SIZE = 4, 8, 12, 16, 32, 36
FIRST = 192 << 20  # Behind the kernel, the ramdisk and the device tree.
CHUNK = 1 << 21


def memory_base(arch: str) -> int | None:
    """Where memory begins on a machine with a device tree."""
    return {"aarch64": 0x40000000, "riscv64": 0x80000000}.get(arch)


def with_reservations(arch: str, folder: Path, memory: str, count: int) -> list[str]:
    """QEMU's arguments for a device tree as usual, but with so many reserved ranges.

    Each begins in one chunk and ends in the next, so that neither can be mapped by a large page.
    """
    base = memory_base(arch)
    assert base is not None
    path = folder / "tree"
    dump = Hardware(memory=memory, devices=("-machine", f"dumpdtb={path}"))
    subprocess.run(hardware_arguments(ARCHITECTURES[arch], dump), check=True, timeout=60,
                   capture_output=True)
    tree = bytearray(path.read_bytes())

    def told(place: int) -> int:
        return int.from_bytes(tree[place:place + 4], "big")

    # Without the room that QEMU leaves for additions.
    del tree[max(told(STRUCTURE) + told(STRUCTURE_SIZE), told(STRINGS) + told(STRINGS_SIZE)):]
    tree += bytes(-len(tree) % 8)
    struct.pack_into(">I", tree, RESERVATIONS, len(tree))
    for number in range(count):
        tree += struct.pack(">QQ", base + FIRST + 2 * number * CHUNK + 0x5000, CHUNK)
    tree += bytes(16)
    struct.pack_into(">I", tree, TOTAL_SIZE, len(tree))
    path.write_bytes(tree)
    return ["-dtb", str(path)]
