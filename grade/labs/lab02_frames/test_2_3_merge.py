"""Exercise 2.3: merging buddies. Blocks are taken by buddy_remove() alone."""

from __future__ import annotations

from itertools import permutations

from cairn.lab import Lab
from cairn.requests import request
from labs.lab01_boot.teaching import differs

from .buddy_check import check, random_blocks, random_zone
from .buddy_model import ORDERS, Block, Free, Zone, answers_of, explain_free

# A multiple of 2^12, and one that needs more than 32 bits.
BASE = 1 << 12
FAR = 0x5_4321_0000


def test_gives_a_block_whose_buddy_is_in_use(lab: Lab) -> None:
    """Given a buddy in use, then the block is free as it is, first in its list."""
    zones = []
    for order in range(11):
        size = 1 << order
        zones.append(Zone("the zone's only block", BASE, size).give(order, BASE))
        zones.append(Zone("a lower half", BASE, 2 * size).give(order, BASE))
        zones.append(Zone("an upper half", BASE, 2 * size).give(order, BASE + size))
    for order in range(9):
        size = 1 << order
        zone = Zone("blocks whose buddies are all in use", BASE, 8 * size)
        zones.append(zone.give(order, BASE + 2 * size, BASE + 7 * size).show().give(order, BASE))
    zones.append(Zone("a zone of one chunk", 7, 1).give(0, 7))
    check(lab, zones)


def test_merges_two_buddies(lab: Lab) -> None:
    """Given a free buddy on either side, then the two are one block, first in its list."""
    zones = []
    for order in range(11):
        size = 1 << order
        for first, second in ((0, size), (size, 0)):
            zone = Zone(f"two buddies of order {order}", BASE, 2 * size)
            zones.append(zone.give(order, BASE + first).show().give(order, BASE + second))
    for order in range(8):
        size = 1 << order
        zone = Zone("buddies among other blocks", BASE, 12 * size)
        zone.insert(order, BASE + 10 * size, BASE + 4 * size, BASE + 8 * size)
        zone.insert(order + 1, BASE + 2 * size)
        zones.append(zone.give(order, BASE + 5 * size).show().give(order, BASE + 9 * size))
    for order in (0, 1, 9):
        zone = Zone("two buddies far up in memory", FAR, 2 << order)
        zones.append(zone.give(order, FAR).show().give(order, FAR + (1 << order)))
    check(lab, zones)


def test_merges_as_far_as_it_goes(lab: Lab) -> None:
    """Given free buddies of one order after the other, then one block, up to the highest order."""
    zones = []
    for order in range(1, 13):
        lower = Zone("the lowest chunk", BASE, 1 << order)
        upper = Zone("the highest chunk", BASE, 1 << order)
        for each in range(order):
            lower.insert(each, BASE + (1 << each))
            upper.insert(each, BASE + (1 << order) - (2 << each))
        zones += [lower.give(0, BASE), upper.give(0, BASE + (1 << order) - 1)]
    for stop in range(1, 8):
        zone = Zone(f"merging that ends at order {stop}", BASE, 1 << 9)
        for each in range(9):
            if each != stop:
                zone.insert(each, BASE + (1 << each))
        zones.append(zone.give(0, BASE))
    for order in (0, 3):
        for way in permutations(range(4)):
            zone = Zone("four neighbours", BASE, 4 << order)
            zones.append(zone.give(order, *(BASE + (part << order) for part in way)))
    every = Zone("chunk by chunk", 0, 300)
    zones.append(every.give(0, *range(300)).show())
    check(lab, zones)
    check_highest(lab)


def check_highest(lab: Lab) -> None:
    """Two blocks of the highest order stay two."""
    run = lab.run([request("buddy.highest", upper).titled(
        "give a block of the highest order whose buddy is free") for upper in (0, 1)])
    order = ORDERS - 1
    for upper, reply in enumerate(run.replies):
        zone = Zone("two blocks of the highest order", 0, 2 << order)
        zone.insert(order, (1 - upper) << order).give(order, upper << order)
        expected = Free(2 << order, 2, tuple(zone.blocks))
        came = answers_of(reply)[0]
        if came != expected:
            assert isinstance(came, Free)
            differs(zone.told(2), str(expected), str(came), explain_free(zone, expected, came))


def test_knows_who_the_buddy_is(lab: Lab) -> None:
    """Given free neighbours that are no buddies, or a buddy only partly free, then no merging."""
    zones = []
    for order in range(9):
        size = 1 << order
        zone = Zone("neighbours that are no buddies", BASE, 4 * size)
        zones.append(zone.insert(order, BASE + 2 * size).give(order, BASE + size))
        zone = Zone("neighbours that are no buddies", BASE, 4 * size)
        zones.append(zone.insert(order, BASE + size).give(order, BASE + 2 * size))
        zone = Zone("a larger free neighbour", BASE, 4 * size)
        zones.append(zone.insert(order + 1, BASE + 2 * size).give(order, BASE + size))
        if order:
            for part in (0, size // 2):
                zone = Zone("a buddy of which a half is free", BASE, 4 * size)
                zones.append(zone.insert(order - 1, BASE + part).give(order, BASE + size))
                zone = Zone("a buddy of which a half is free", BASE, 4 * size)
                zones.append(zone.insert(order - 1, BASE + size + part).give(order, BASE))
    used = Zone("a buddy that was free once", BASE, 4).insert(0, BASE + 1)
    zones.append(used.remove(Block(0, BASE + 1)).give(0, BASE))
    check(lab, zones)


def test_stays_within_the_zone(lab: Lab) -> None:
    """Given zones of any borders, then no merging with what lies outside, whatever it says."""
    zones = []
    for first, count in ((1, 1), (3, 10), (5, 11), (6, 6), (20, 44), (FAR + 0x37, 700),
                         (FAR - 0x130, 0x131), (1024, 1024)):
        for order in range(11):
            size = 1 << order
            for block in (Block(order, -(-first // size) * size),
                          Block(order, (first + count) // size * size - size)):
                zone = Zone("a block at the zone's border", first, count)
                if not zone.holds(block) or zone.holds(block.buddy):
                    continue
                distance = block.buddy.chunk - first
                if not 0 <= distance < count:
                    zone.mark(block.buddy)
                zones.append(zone.give(*block))
        zone = Zone("all chunks of a zone", first, min(count, 300))
        for chunk in range(first, zone.end):
            zone.give(0, chunk)
        zones.append(zone)
    check(lab, zones)


def test_gives_back_any_blocks_in_any_order(lab: Lab) -> None:
    """Given random zones and long random traces, then as the model, and all is one in the end."""
    zones = []
    for _ in range(24):
        zone = random_zone(lab.random, "give and take any blocks")
        blocks = random_blocks(lab.random, zone, lab.random.choice([[0], [0, 1, 2], [0, 3, 6]]))
        used = blocks[:400]
        lab.random.shuffle(used)
        often = 12 / len(used)
        while used:
            zone.give(*used.pop())
            free = zone.blocks
            if lab.random.random() < 0.3 and len(zone.steps) < 800:
                block = lab.random.choice(free)
                zone.remove(block)
                for part in split(lab, block):
                    used.insert(lab.random.randrange(len(used) + 1), part)
            if lab.random.random() < often:
                zone.show()
        zones.append(zone)
    check(lab, zones)


def split(lab: Lab, block: Block) -> list[Block]:
    """A block in a few parts, as it could have been given out."""
    if block.order == 0 or lab.random.random() < 0.4:
        return [block]
    half = Block(block.order - 1, block.chunk)
    return [*split(lab, half), half.buddy]
