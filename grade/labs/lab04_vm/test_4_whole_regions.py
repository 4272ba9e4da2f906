"""Trees of regions as a whole. No exercise is in them: these tests carry no points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from struct import iter_unpack, pack

import pytest
from cairn.lab import Lab
from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.errors import OK, name
from labs.lab01_boot.facts import all_data, numbers, signed
from labs.lab01_boot.teaching import differs

from .region_model import EXISTS, PAGE, Draw, Forest, Region

pytestmark = pytest.mark.negative

# kernel/probe/probe_region.c
LOOK, INSERT, REMOVE, RESIZE, FIND, EMPTY = range(6)
NOTHING = 0xffff
STEPS_MAX = 190
# For each change or look-up in a tree of thousands. The reference takes some 900.
INSTRUCTIONS_MAX = 3_000
# The sanitizers look at every access.
SANITIZED = 20


@dataclass(frozen=True)
class Node:
    """What the probe tells of a region."""

    number: int
    left: int
    right: int
    height: int
    start: int
    end: int
    subtree_start: int
    subtree_end: int
    subtree_gap: int


@dataclass
class Tree:
    """Regions by number, and steps with the answers that they should bring."""

    regions: dict[int, Region] = field(default_factory=dict)
    steps: list[bytes] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)
    looks: list[dict[int, Region]] = field(default_factory=list)

    def _step(self, action: int, number: int = 0, start: int = 0, end: int = 0) -> None:
        self.steps.append(pack("<BHQQ", action, number, start, end))

    def overlaps(self, region: Region, but: int = -1) -> bool:
        return any(region.start < other.end and other.start < region.end
                   for number, other in self.regions.items() if number != but)

    def insert(self, number: int, region: Region) -> None:
        self._step(INSERT, number, *region)
        good = not self.overlaps(region)
        self.answers.append((f"insert {region}", OK if good else EXISTS))
        if good:
            self.regions[number] = region

    def remove(self, number: int) -> None:
        self._step(REMOVE, number)
        del self.regions[number]

    def resize(self, number: int, region: Region) -> None:
        self._step(RESIZE, number, *region)
        self.regions[number] = region

    def find(self, address: int) -> None:
        self._step(FIND, 0, address)
        above = [(region.end, number) for number, region in self.regions.items()
                 if region.end > address]
        self.answers.append((f"find {address:#x}", min(above)[1] if above else NOTHING))

    def look(self) -> None:
        self._step(LOOK)
        self.looks.append(dict(self.regions))

    @property
    def requests(self) -> list[Request]:
        return [request("region.trace", hexbytes(pack("<BHQQ", EMPTY, 0, 0, 0)))] + [
            request("region.trace", hexbytes(b"".join(self.steps[at:at + STEPS_MAX])))
            for at in range(0, len(self.steps), STEPS_MAX)]

    def judge(self, replies: Sequence[Reply]) -> None:
        """The answers are right, and each tree that was told is one."""
        came = [each for reply in replies for each in numbers(reply, "results")]
        for (asked, expected), answer in zip(self.answers, came, strict=True):
            if signed(answer) != expected:
                differs(asked, f"{expected} ({name(expected)})", str(signed(answer)))
        trees = [tree for reply in replies for tree in all_data(reply, "tree")]
        for regions, tree in zip(self.looks, trees, strict=True):
            check_tree(regions, tree)


def check_tree(regions: dict[int, Region], told: bytes) -> None:
    """It is balanced, in order, and every node knows its subtree."""
    root, count = (value for value, in iter_unpack("<Q", told[:16]))
    nodes = {fields[0]: Node(*fields) for fields in iter_unpack("<9Q", told[16:])}
    asked = f"a tree of {len(regions)} regions"
    if count != len(regions) or set(nodes) != set(regions):
        differs(asked, f"{len(regions)} nodes", f"{len(nodes)}, count {count}")
    order = list(subtree(nodes, root)) if root != NOTHING else []
    if [Region(node.start, node.end) for node in order] != sorted(regions.values()):
        differs(asked, "the regions in order", str([hex(node.start) for node in order]))
    for node in nodes.values():
        check_node(asked, nodes, node)


def subtree(nodes: dict[int, Node], number: int) -> list[Node]:
    """A subtree's nodes in order."""
    if number == NOTHING:
        return []
    node = nodes[number]
    return [*subtree(nodes, node.left), node, *subtree(nodes, node.right)]


def check_node(asked: str, nodes: dict[int, Node], node: Node) -> None:
    """What a node knows, from those below it."""
    heights = [nodes[child].height if child != NOTHING else 0 for child in (node.left, node.right)]
    below = subtree(nodes, node.number)
    gaps = [after.start - before.end for before, after in zip(below, below[1:])]
    expected = (max(heights) + 1, below[0].start, below[-1].end, max(gaps, default=0))
    came = (node.height, node.subtree_start, node.subtree_end, node.subtree_gap)
    if came != expected or abs(heights[0] - heights[1]) > 1:
        differs(f"{asked}: the region at {node.start:#x}, over subtrees of the heights {heights}",
                f"height, start, end and largest gap {expected}, and heights that differ by 1 at "
                "most", str(came))


def random_region(random: Random, tree: Tree) -> Region:
    """Anywhere, or beside another one."""
    span = 4 * (len(tree.regions) + 8)
    start, size = random.randrange(16, 16 + span), random.choice([1, 1, 1, 2, 5])
    if tree.regions and random.random() < 0.3:
        start = random.choice(list(tree.regions.values())).end // PAGE
    return Region(start * PAGE, (start + size) * PAGE)


def random_tree(random: Random, count: int) -> Tree:
    """A tree that grows and shrinks in waves."""
    tree = Tree()
    growing = 0.8
    for number in range(count):
        if random.random() < 0.02:
            growing = random.choice([0.2, 0.5, 0.8])
        kind = random.random()
        if kind < 0.25:
            tree.find(random.randrange(1000) * PAGE + random.randrange(PAGE))
        elif kind < 0.35 and tree.regions:
            grow_or_shrink(random, tree)
        elif random.random() < growing or not tree.regions:
            tree.insert(number, random_region(random, tree))
        else:
            tree.remove(random.choice(list(tree.regions)))
        if random.random() < 0.04:
            tree.look()
    tree.look()
    for number in random.sample(list(tree.regions), len(tree.regions)):
        tree.remove(number)
        if random.random() < 0.1:
            tree.look()
    tree.look()
    return tree


def grow_or_shrink(random: Random, tree: Tree) -> None:
    number = random.choice(list(tree.regions))
    old = tree.regions[number]
    start, end = (edge + random.randrange(-2, 3) * PAGE for edge in old)
    both = Region(min(start, old.start), max(end, old.end))
    if 0 < start < end and not tree.overlaps(both, number):
        tree.resize(number, Region(start, end))


def test_whole_keeps_trees_balanced(lab: Lab) -> None:
    """Given long random traces, then the tree is in order, balanced, and knows its gaps."""
    trees = [random_tree(lab.random, count) for count in (10, 100, 600, 600)]
    asked = [tree.requests for tree in trees]
    replies = iter(lab.run([each for requests in asked for each in requests]).replies)
    for tree, requests in zip(trees, asked):
        tree.judge([next(replies) for _ in requests])


def test_whole_changes_trees_in_few_steps(lab: Lab) -> None:
    """Given thousands of regions, then each change and look-up costs few instructions."""
    count = 8000
    forest = Forest.drawn(Draw(count, lab.random.getrandbits(60), 9, 9), PAGE, 7)
    numbers_of = lab.random.sample(range(count), 40)
    kinds = {"resize": Tree(), "find": Tree(), "remove and insert": Tree()}
    for number in numbers_of:
        region = forest.regions[number]
        kinds["resize"].resize(number, region)
        kinds["find"]._step(FIND, 0, region.start)
        kinds["remove and insert"]._step(REMOVE, number)
        kinds["remove and insert"]._step(INSERT, number, *region)
    asked = [tree.requests[1] for tree in kinds.values()]
    replies = lab.run([forest.filling, *asked]).replies[1:]
    for kind, reply in zip(kinds, replies):
        each = reply.instructions // len(numbers_of)
        most = INSTRUCTIONS_MAX * (SANITIZED if lab.session.sanitized else 1)
        if each > most:
            differs(f"{kind}, in a tree of {count} regions", f"at most {most} instructions",
                    str(each))
