"""The model of kernel/frames/node_order.h, and the probe that asks it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

from cairn.requests import Request, hexbytes, request

NODES_MAX = 16
NEAR, FAR = 10, 20

Table = list[list[int]]


class Question(NamedTuple):
    """A machine, and the nodes that ask on it."""

    title: str
    table: Table
    nodes: tuple[int, ...]

    def request(self) -> Request:
        told = hexbytes(bytes(each for row in self.table for each in row))
        return request("node_order.order", len(self.table), told, *self.nodes).titled(
            f"put in order, for {self.title}")


def order(table: Table, node: int) -> list[int]:
    """All nodes in the order in which `node` asks them."""
    count = len(table)

    def key(other: int) -> tuple[bool, int, int]:
        return other != node, table[node][other] or FAR, (other - node) % count

    return sorted(range(count), key=key)


def all_nodes(table: Table) -> tuple[int, ...]:
    return tuple(range(len(table)))


def even_table(count: int, far: int = FAR, near: int = NEAR) -> Table:
    """All others are equally far."""
    return [[near if a == b else far for b in range(count)] for a in range(count)]


def random_table(random: Random, count: int, distances: Sequence[int]) -> Table:
    return [[random.choice(distances) for _ in range(count)] for _ in range(count)]


def explain(table: Table, node: int, came: Sequence[int]) -> str:
    """The first thing that is wrong, in one sentence."""
    count = len(table)
    for other in came:
        if other >= count:
            return f"there is no node {other} among {count}"
    for other in range(count):
        if came.count(other) != 1:
            return f"node {other} stands in the order {came.count(other)} times, not once"
    if came[0] != node:
        return f"node {node} itself should come first, and node {came[0]} does"
    place = next(i for i, (a, b) in enumerate(zip(came, order(table, node))) if a != b)
    early, late = came[place], order(table, node)[place]
    far = [table[node][other] for other in (late, early)]
    if (far[0] or FAR) == (far[1] or FAR):
        return (f"nodes {early} and {late} are equally far from node {node}; in the ring "
                f"{ring(count, node)}, node {late} comes first")
    return (f"node {late}, at distance {told(far[0])}, should come before node {early}, "
            f"at {told(far[1])}")


def told(distance: int) -> str:
    return str(distance) if distance else f"0 (not told: {FAR})"


def ring(count: int, node: int) -> str:
    """The way around from a node on, in words."""
    return ", ".join(str((node + step) % count) for step in range(1, min(count, 6))) + \
        (", …" if count > 6 else "")


def listed(nodes: Iterable[int]) -> str:
    return " ".join(map(str, nodes))
