"""Exercise 2.2: splitting a block. The free blocks are made by buddy_insert() alone."""

from __future__ import annotations

import pytest
from cairn.lab import Lab

from .buddy_check import check, random_blocks, random_zone
from .buddy_model import ORDERS, Block, Zone

# A multiple of 2^12, and one that needs more than 32 bits.
BASE = 1 << 12
FAR = 0x5_4321_0000


def test_takes_the_first_block_of_the_order(lab: Lab) -> None:
    """Given free blocks of the order asked for, then the list's first, and nothing else changes."""
    zones = []
    for order in range(12):
        size = 1 << order
        zones.append(Zone("one block", BASE, size).insert(order, BASE).take(order))
        if order < 10:
            zone = Zone("some blocks of one order", BASE, 4 * size)
            zone.insert(order, BASE + size, BASE + 3 * size, BASE, BASE + 2 * size)
            zones.append(zone.take(order).show().take(order).show().take(order))
    several = Zone("blocks of every order", BASE, 1 << 10)
    for order in range(9):
        several.insert(order, BASE + (1 << order))
    zones += [several]
    for order in (3, 0, 8, 5, 1, 7, 2, 6, 4):
        several.take(order).show()
    zones.append(Zone("a zone of one chunk", 7, 1).insert(0, 7).take(0))
    zones.append(Zone("a zone far up in memory", FAR, 8).insert(1, FAR + 2, FAR + 6).take(1))
    zones.append(Zone("a larger block first in its own list", 0, 16).insert(0, 1).insert(3, 8)
                 .take(0).show())
    check(lab, zones)


def test_splits_the_smallest_larger_block(lab: Lab) -> None:
    """Given larger blocks only, then the lowest part of the smallest, and its upper halves free."""
    zones = []
    for large in range(1, 13):
        for order in sorted({0, 1, large // 2, large - 1}):
            if order < large:
                zone = Zone(f"a block of order {large}", BASE, 1 << large)
                zones.append(zone.insert(large, BASE).take(order).show())
    for base in (0, 24, FAR):
        zone = Zone("blocks of the orders 1, 2 and 3", base, 40)
        zone.insert(3, base, base + 32).insert(2, base + 12, base + 20).insert(1, base + 10)
        zones.append(zone.take(0).show().take(0).show().take(0).show().take(2).show().take(1))
    gap = Zone("a small block that does not suffice, and larger ones", 16, 48)
    gap.insert(0, 17, 19).insert(5, 32).insert(3, 24)
    zones.append(gap.take(1).show().take(2).show().take(3).show())
    zones.append(Zone("a chunk's block within a zone that begins at an odd number", 3, 30)
                 .insert(4, 16).insert(3, 8).insert(2, 4).insert(0, 3, 32).take(1).show().take(3))
    check(lab, zones)


def test_takes_until_nothing_is_left(lab: Lab) -> None:
    """Given one block, then all its parts come out, each once, lowest first."""
    zones = []
    for large, order in ((0, 0), (3, 0), (5, 1), (6, 3), (8, 2), (12, 7)):
        zone = Zone(f"take a block of order {large} apart", BASE, 1 << large).insert(large, BASE)
        zones.append(zone.take(order, 1 << large - order).show().take(order).take(0))
    mixed = Zone("take orders that rise and fall", 64, 64).insert(6, 64)
    for order in (0, 1, 2, 3, 0, 4, 2, 0, 1, 3, 0, 0, 5):
        mixed.take(order).show()
    zones.append(mixed)
    check(lab, zones)


@pytest.mark.negative
def test_says_when_no_block_is_large_enough(lab: Lab) -> None:
    """Given smaller free blocks or none, then an error, and nothing changes."""
    zones = [Zone("nothing is free", BASE, 64)]
    for order in (0, 1, 5, ORDERS - 2, ORDERS - 1):
        zones[0].take(order)
    for order in range(8):
        zone = Zone(f"blocks of order {order} only", 0, 512).insert(order, 0, 2 << order)
        zones.append(zone.take(order + 1).take(order + 2).take(ORDERS - 1).show())
    zone = Zone("two buddies that were never merged", 0, 2).insert(0, 0, 1)
    zones.append(zone.take(1).show())
    check(lab, zones)


def test_takes_any_order_from_any_zone(lab: Lab) -> None:
    """Given random zones and long random traces, then as the model."""
    zones = []
    for _ in range(24):
        zone = random_zone(lab.random, "take any orders")
        orders = lab.random.choice([[0, 1, 2], [0, 2, 5, 9], [3, 8, 11, 12]])
        blocks = random_blocks(lab.random, zone, orders)
        lab.random.shuffle(blocks)
        free, used = blocks[:200], blocks[200:]
        for block in free:
            zone.insert(*block)
        calls = lab.random.choice([20, 200])
        for _ in range(calls):
            zone.take(lab.random.choice([0, 0, 1, 2, *orders]))
            if used and lab.random.random() < 0.2:
                zone.insert(*Block(*used.pop()))
            if lab.random.random() < 8 / calls:
                zone.show()
        zones.append(zone)
    check(lab, zones)
