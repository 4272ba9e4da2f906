"""What the kernel knows of its machine is what QEMU was told to build."""

from __future__ import annotations

import pytest
from cairn.architectures import Node
from cairn.lab import Lab
from cairn.protocol import Reply
from cairn.requests import request
from labs.lab01_boot.facts import all_data, data, number, numbers
from labs.lab01_boot.memory_map_model import BROKEN, KERNEL, RAMDISK, RESERVED, Range, normalise

MIB = 1 << 20
# Firmware keeps some memory for itself.
KEPT_MAX = 4 * MIB


def boot_info(lab: Lab, memory: str = "256M", processors: int = 1, command_line: str = "",
              nodes: tuple[Node, ...] = ()) -> Reply:
    """Boots a machine and returns what the kernel knows of it."""
    run = lab.run([request("boot.info")], memory=memory, processors=processors, nodes=nodes,
                  command_line=command_line)
    return run.replies[0]


def rows(reply: Reply, name: str) -> list[tuple[int, int, int]]:
    """A list of facts, three by three."""
    flat = numbers(reply, name)
    return list(zip(flat[::3], flat[1::3], flat[2::3]))


@pytest.mark.parametrize("mebibytes", [64, 256, 1000, 6144])
def test_it_knows_all_memory(lab: Lab, mebibytes: int) -> None:
    reply = boot_info(lab, memory=f"{mebibytes}M")
    memory = [Range(*row) for row in rows(reply, "memory")]
    assert memory == normalise(Range(*row) for row in rows(reply, "firmware_memory"))
    found = sum(r.size for r in memory if r.kind not in (RESERVED, BROKEN))
    assert mebibytes * MIB - KEPT_MAX <= found <= mebibytes * MIB
    assert {KERNEL, RAMDISK} <= {r.kind for r in memory}


@pytest.mark.parametrize("count", [1, 2, 5, 64])
def test_it_knows_every_processor(lab: Lab, count: int) -> None:
    processors = rows(boot_info(lab, processors=count), "processors")
    assert len({hardware_id for hardware_id, _, _ in processors}) == count
    assert all(node == 0 and usable for _, node, usable in processors)


def test_it_knows_memory_and_processors_of_nodes(lab: Lab) -> None:
    nodes = (Node("160M", "0-1"), Node("96M", "2-3"))
    reply = boot_info(lab, memory="256M", processors=4, nodes=nodes)
    assert number(reply, "node_count") == 2
    assert [node for _, node, _ in rows(reply, "processors")] == [0, 0, 1, 1]
    sizes = [0, 0]
    for _, size, node in rows(reply, "node_ranges"):
        sizes[node] += size
    assert sizes[1] == 96 * MIB
    # PCs leave holes for old devices out of the first node.
    assert 159 * MIB <= sizes[0] <= 160 * MIB


@pytest.mark.parametrize("line", ["quiet", 'root="my disk" log=info a=b=c', "x" * 1000])
def test_it_knows_the_command_line(lab: Lab, line: str) -> None:
    assert data(boot_info(lab, command_line=line), "command_line") == line.encode()


def test_it_knows_the_ramdisk(lab: Lab) -> None:
    reply = boot_info(lab)
    ramdisk = lab.setups[-1].ramdisk
    assert ramdisk is not None
    assert number(reply, "ramdisk_size") == ramdisk.stat().st_size
    place = number(reply, "ramdisk")
    kinds = [kind for base, size, kind in rows(reply, "memory") if base <= place < base + size]
    assert kinds == [RAMDISK]


def test_it_finds_nothing_to_warn_about(lab: Lab) -> None:
    assert all_data(boot_info(lab, processors=2), "warning") == []
