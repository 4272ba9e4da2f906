"""What is asked of the whole frame allocator (kernel/frames/frames.h), in the probe's terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.errors import CODES
from labs.lab01_boot.facts import number, numbers

PAGE = 4096
CHUNK = 1 << 21
CHUNK_FRAMES = CHUNK // PAGE
LOW_END = 1 << 32
NO_MEMORY = CODES["ERROR_NO_MEMORY"]
INVALID = CODES["ERROR_INVALID_ARGUMENT"]
UNTOUCHED = 0x5a5a5a5a5a5a5a5a

FREE_OWNER, KERNEL, HEAP, STACK, PAGE_TABLE, MEMORY_OBJECT, OWNERS = range(7)

# kernel/probe/probe_frames.c
(ALLOCATE, FREE, ALLOCATE_ONE, FREE_ONE, FILL, LOOK, DRAIN, REFERENCE, RELEASE, FAIL,
 RESERVE_FILL, RESERVE_TAKE, RESERVE_EMPTY) = range(13)
SLOTS = 256
ANY_NODE = -1
# As an alignment: three pages, which is no power of two.
CROOKED = 3 * PAGE

# kernel/boot/boot.h
USABLE, RECLAIM = 0, 1


class Wish(NamedTuple):
    """A struct frame_request."""

    frames: int = 1
    alignment: int = PAGE
    owner: int = KERNEL
    low: bool = False
    zeroed: bool = False
    only_node: bool = False
    node: int = ANY_NODE

    def step(self, slot: int = 0) -> bytes:
        flags = (self.low | self.zeroed << 1 | self.only_node << 2 | (self.node != ANY_NODE) << 3
                 | max(self.node, 0) << 4)
        shift = 0xff if self.alignment == CROOKED else self.alignment.bit_length() - 1
        return bytes((ALLOCATE, slot, flags, shift, self.owner)) + self.frames.to_bytes(3, "little")

    @property
    def size(self) -> int:
        """In bytes; from a chunk on, whole chunks."""
        unit = PAGE if self.frames < CHUNK_FRAMES else CHUNK
        return -(-self.frames * PAGE // unit) * unit

    def __str__(self) -> str:
        words = [f"{self.frames:,} frames" if self.frames != 1 else "1 frame"]
        words += [f"aligned to 0x{self.alignment:x}"] if self.alignment > PAGE else []
        words += ["below 4 GiB"] if self.low else []
        words += ["zeroed"] if self.zeroed else []
        if self.node != ANY_NODE:
            words.append(f"of node {self.node}" + (" only" if self.only_node else " if possible"))
        return ", ".join(words)


def act(action: int, slot: int = 0, count: int = 0, owner: int = KERNEL) -> bytes:
    """Any other step."""
    return bytes((action, slot, 0, 0, owner)) + count.to_bytes(3, "little")


def run_steps(*steps: bytes, budget_ms: int = 200) -> Request:
    return request("frames.run", hexbytes(b"".join(steps)), budget_ms=budget_ms)


def hoard(wish: Wish, limit: int = 1 << 20, budget_ms: int = 500) -> Request:
    return request("frames.hoard", hexbytes(wish.step()), limit, budget_ms=budget_ms).titled(
        f"allocate {wish}, again and again")


def unhoard(first: int = 0, stride: int = 1) -> Request:
    return request("frames.unhoard", first, stride, budget_ms=500).titled("free them")


class Node(NamedTuple):
    """A node's statistics, in frames."""

    usable: int
    free: int
    cached: int
    metadata: int
    partial_chunks: int
    owned: tuple[int, ...]
    free_blocks: tuple[int, ...]

    @property
    def largest(self) -> int:
        """The order of the largest free block, or -1."""
        return max((order for order, count in enumerate(self.free_blocks) if count), default=-1)


COUNT = request("frames.count")


def nodes_of(reply: Reply) -> list[Node]:
    """The statistics in a reply to COUNT."""
    parts = [[each for each in reply.all(name) if isinstance(each, list)]
             for name in ("node", "owned", "free_blocks")]
    return [Node(node[0], node[1], node[2], node[3], node[4], tuple(owned), tuple(blocks))
            for node, owned, blocks in zip(*parts, strict=True)]


@dataclass(frozen=True)
class Machine:
    """What boot.info says of the memory."""

    usable: list[tuple[int, int]]  # base and end
    node_ranges: list[tuple[int, int, int]]  # base, end, node
    distances: list[list[int]]

    @staticmethod
    def of(reply: Reply) -> Machine:
        flat = numbers(reply, "memory")
        ranges = [flat[i:i + 3] for i in range(0, len(flat), 3)]
        usable: list[tuple[int, int]] = []
        for base, size, kind in ranges:
            if kind not in (USABLE, RECLAIM):
                continue
            if usable and usable[-1][1] == base:
                base = usable.pop()[0]
            usable.append((base, base + size))
        flat = numbers(reply, "node_ranges")
        nodes = [(flat[i], flat[i] + flat[i + 1], flat[i + 2]) for i in range(0, len(flat), 3)]
        count = number(reply, "node_count")
        table = numbers(reply, "node_distance")
        return Machine(usable, nodes, [table[count * i:count * (i + 1)] for i in range(count)])

    def is_memory(self, base: int, size: int) -> bool:
        return any(low <= base and base + size <= high for low, high in self.usable)

    def node_at(self, address: int) -> int:
        return next((node for base, end, node in self.node_ranges if base <= address < end), 0)

    @property
    def pages(self) -> int:
        return sum(high // PAGE - -(-low // PAGE) for low, high in self.usable)


class Live:
    """What is allocated, and what is wrong with something new beside it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.held: dict[int, Wish] = {}  # by address

    def wrong(self, wish: Wish, address: int) -> str:
        """Why an answer can't be right, in one sentence; "" when it can."""
        end = address + wish.size
        alignment = max(wish.alignment, PAGE)
        if address % alignment:
            return f"0x{address:x} is no multiple of 0x{alignment:x}"
        if address == 0 or not self.machine.is_memory(address, wish.size):
            return f"0x{address:x}-0x{end:x} is not all usable memory"
        if wish.low and end > LOW_END:
            return f"0x{address:x}-0x{end:x} is not below 4 GiB"
        if wish.only_node and self.machine.node_at(address) != wish.node:
            return f"0x{address:x} belongs to node {self.machine.node_at(address)}"
        for base, other in self.held.items():
            if base < end and address < base + other.size:
                return (f"0x{address:x}-0x{end:x} overlaps 0x{base:x}-0x{base + other.size:x}, "
                        "which is in use")
        return ""

    def room(self, wish: Wish, reserved: int) -> bool:
        """Whether there is surely room: a free aligned block of chunks, in the worst case.

        `reserved` bytes somewhere at the end of each range may be the allocator's own.
        """
        chunks = -(-max(wish.size, wish.alignment) // CHUNK)
        size = CHUNK << (chunks - 1).bit_length()
        for low, high in self.machine.usable:
            start = -(-low // size) * size
            while start + size <= high - reserved:
                if all(base >= start + size or base + other.size <= start
                       for base, other in self.held.items()):
                    return not wish.low or start + size <= LOW_END
                start += size
        return False


def result_name(result: int) -> str:
    return next((name for name, code in CODES.items() if code == result), str(result))


def differing(before: Sequence[Node], after: Sequence[Node]) -> str:
    """What of the statistics is not as it was, in words; "" for nothing."""
    for place, (old, new) in enumerate(zip(before, after, strict=True)):
        for field, was, now in zip(Node._fields, old, new):
            if was != now:
                return f"node {place}: {field} was {was} and is {now}"
    return ""
