"""The model of kernel/frames/buddy.h, and the probe that drives a buddy system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.errors import CODES, OK
from labs.lab01_boot.facts import signed
from labs.lab01_boot.teaching import count_of

ORDERS = 21
NO_MEMORY = CODES["ERROR_NO_MEMORY"]

# kernel/probe/probe_buddy.c
INSERT, REMOVE, TAKE, GIVE, SHOW, MARK = range(6)
UNTOUCHED = 0x5a5a5a5a5a5a5a5a
STRANGE = 0xff


class Block(NamedTuple):
    """2^order chunks from a chunk on."""

    order: int
    chunk: int

    @property
    def end(self) -> int:
        return self.chunk + (1 << self.order)

    @property
    def buddy(self) -> Block:
        return Block(self.order, self.chunk ^ 1 << self.order)

    @property
    def both(self) -> Block:
        """The block that it and its buddy make up."""
        return Block(self.order + 1, self.chunk & ~(1 << self.order))

    def __str__(self) -> str:
        if self.order == STRANGE:
            return f"(the list of order {self.chunk} leads astray)"
        return f"{self.chunk:,} (order {self.order})"


class Free(NamedTuple):
    """What is free at one time."""

    chunks: int
    marked: int  # chunks where a free block begins by their states
    blocks: tuple[Block, ...]  # list by list, from the front

    def __str__(self) -> str:
        shown = ", ".join(map(str, self.blocks[:12])) or "no block"
        more = len(self.blocks) - 12
        return shown + (f", and {more} more" if more > 0 else "")


class Taken(NamedTuple):
    """What came of taking a block."""

    result: int
    chunk: int


class Step(NamedTuple):
    """One call."""

    action: int
    order: int = 0
    chunk: int = 0

    def encoded(self, first: int) -> bytes:
        distance = (self.chunk - first) % (1 << 16) if self.action not in (TAKE, SHOW) else 0
        return bytes((self.action, self.order)) + distance.to_bytes(2, "little")

    def __str__(self) -> str:
        block = Block(self.order, self.chunk)
        if self.action == TAKE:
            return f"take order {self.order}"
        words = {INSERT: "{} becomes free", REMOVE: "{} is taken away", GIVE: "give {}",
                 MARK: "(chunk {0.chunk} beside the zone looks free)", SHOW: ""}
        return words[self.action].format(block)


class Zone:
    """A buddy system: the steps asked for, and what the contract says of each."""

    def __init__(self, title: str, first: int, count: int) -> None:
        self.title = title
        self.first, self.count = first, count
        self.steps: list[Step] = []
        self.expected: list[tuple[int, Free | Taken]] = []  # with the number of its step
        self.lists: list[list[int]] = [[] for _ in range(ORDERS)]

    @property
    def end(self) -> int:
        return self.first + self.count

    @property
    def blocks(self) -> list[Block]:
        return [Block(order, chunk) for order in range(ORDERS) for chunk in self.lists[order]]

    def holds(self, block: Block) -> bool:
        return self.first <= block.chunk and block.end <= self.end

    def insert(self, order: int, *chunks: int) -> Zone:
        """Makes blocks free; the last one is first in the list."""
        for chunk in chunks:
            self.steps.append(Step(INSERT, order, chunk))
            self.lists[order].insert(0, chunk)
        return self

    def remove(self, block: Block) -> Zone:
        self.steps.append(Step(REMOVE, *block))
        self.lists[block.order].remove(block.chunk)
        return self

    def take(self, order: int, times: int = 1) -> Zone:
        for _ in range(times):
            self.steps.append(Step(TAKE, order))
            self.expected.append((len(self.steps), self._take(order)))
        return self

    def _take(self, order: int) -> Taken:
        source = next((each for each in range(order, ORDERS) if self.lists[each]), None)
        if source is None:
            return Taken(NO_MEMORY, UNTOUCHED)
        chunk = self.lists[source].pop(0)
        for each in range(order, source):
            self.lists[each].insert(0, chunk + (1 << each))
        return Taken(OK, chunk)

    def give(self, order: int, *chunks: int) -> Zone:
        for chunk in chunks:
            self.steps.append(Step(GIVE, order, chunk))
            block = Block(order, chunk)
            while block.order + 1 < ORDERS and block.buddy.chunk in self.lists[block.order]:
                self.lists[block.order].remove(block.buddy.chunk)
                block = block.both
            self.lists[block.order].insert(0, block.chunk)
        return self

    def mark(self, block: Block) -> Zone:
        """Lets a chunk outside of the zone look free."""
        self.steps.append(Step(MARK, *block))
        return self

    def show(self) -> Zone:
        blocks = self.blocks
        self.steps.append(Step(SHOW))
        chunks = sum(1 << block.order for block in blocks)
        self.expected.append((len(self.steps), Free(chunks, len(blocks), tuple(blocks))))
        return self

    def request(self) -> Request:
        told = b"".join(step.encoded(self.first) for step in self.steps)
        return request("buddy.run", self.first, self.count, hexbytes(told)).titled(
            f"try {self.title}")

    def told(self, number: int) -> str:
        """What was asked for up to a step, in words."""
        done = [text for step in self.steps[:number] if (text := str(step))]
        calls = "; ".join(done[-12:])
        more = f"… (after {count_of(len(done) - 12, 'other step')}) " if len(done) > 12 else ""
        return (f"{self.title}; a zone of the chunks {self.first:,} to {self.end - 1:,}: "
                f"{more}{calls}")


def free_of(value: Sequence[int]) -> Free:
    pairs = zip(value[2::2], value[3::2])
    return Free(value[0], value[1], tuple(Block(*pair) for pair in pairs))


def answers_of(reply: Reply) -> list[Free | Taken]:
    """What the probe reported, in order."""
    found: list[Free | Taken] = []
    for name, value in reply.fact_list:
        if name == "free" and isinstance(value, list):
            found.append(free_of(value))
        elif name == "taken" and isinstance(value, list):
            found.append(Taken(signed(value[0]), value[1]))
    return found


def explain_blocks(zone: Zone, blocks: Iterable[Block]) -> str:
    """What is wrong with free blocks by themselves, in one sentence; "" for nothing."""
    last: Block | None = None
    for block in sorted(blocks, key=lambda each: (each.order == STRANGE, each.chunk, each.order)):
        if block.order == STRANGE:
            return (f"the list of order {block.chunk} leads out of the zone's links, or never "
                    "ends: a block left a list without buddy_remove(), or went in twice")
        if not zone.holds(block):
            return f"{block} does not lie in the zone"
        if block.chunk % (1 << block.order):
            return f"{block} does not begin at a multiple of {1 << block.order}"
        if last is not None and block.chunk < last.end:
            return f"{last} and {block} are both free, and overlap"
        last = block
    return ""


def explain_free(zone: Zone, expected: Free, came: Free) -> str:
    """The first thing that is wrong with what is free, in one sentence."""
    wrong = explain_blocks(zone, came.blocks)
    if wrong:
        return wrong
    unmerged = [block for block in came.blocks if block.buddy in came.blocks]
    if unmerged and not set(unmerged) <= set(expected.blocks):
        return f"{unmerged[0]} and {unmerged[0].buddy} are buddies, and both are free"
    missing = [block for block in expected.blocks if block not in came.blocks]
    surplus = [block for block in came.blocks if block not in expected.blocks]
    if missing or surplus:
        words = [f"{missing[0]} should be free" if missing else "",
                 f"{surplus[0]} should not be" if surplus else ""]
        return ", and ".join(word for word in words if word)
    if expected.blocks != came.blocks:
        return "the same blocks are free, in another order within a list"
    if expected.chunks != came.chunks:
        return f"free_chunks is {came.chunks}, and should be {expected.chunks}"
    return (f"`states` says that a free block begins at {came.marked} chunks; there are "
            f"{expected.marked} in the lists")
