"""Exercise 4.6: a place for a new region."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from cairn.lab import Lab
from labs.lab01_boot.teaching import count_of, differs

from .region_model import PAGE, Draw, Forest, Wish, random_wish

USER_START, USER_END = 0x10000, (1 << 47) - PAGE
GIB = 1 << 30
# What may be spent on a wish, for each level of the tree and besides. The reference needs some 40.
INSTRUCTIONS_A_LEVEL, INSTRUCTIONS_BESIDES = 150, 300


def check(lab: Lab, forests: Sequence[Forest]) -> None:
    """Every wish gets the answer of the contract."""
    asked = [forest.asking() for forest in forests]
    run = lab.run([each for requests in asked for each in requests])
    replies = iter(run.replies)
    for forest, requests in zip(forests, asked):
        forest.judge([next(replies) for _ in requests])


def everywhere(size: int, alignment: int = PAGE) -> Wish:
    return Wish(USER_START, USER_END, size, alignment)


def test_finds_room_between_regions(lab: Lab) -> None:
    """Given regions with gaps, then the place is in the first gap that is large enough."""
    gaps = [2, 5, 1, 9, 3, 9, 30]
    lab.random.shuffle(gaps)
    base = USER_START + lab.random.randrange(1, 1 << 20) * PAGE
    for_sizes = [Wish(base, USER_END, pages * PAGE) for pages in (1, 2, 3, 4, 5, 8, 9, 10, 31)]
    forests = [Forest.of([(0, 1), *((gap, lab.random.randrange(1, 9)) for gap in gaps)], base,
                         stride).wish(*for_sizes) for stride in (1, 3, 5, 7)]
    touching = Forest.of([(0, 1)] * 20 + [(1, 4)] + [(0, 2)] * 20, base)
    check(lab, [*forests, touching.wish(Wish(base, USER_END), Wish(base, USER_END, 2 * PAGE))])


def test_finds_room_without_regions(lab: Lab) -> None:
    """Given no regions, then the place is the lowest there is."""
    sizes = [PAGE, lab.random.randrange(1, 1 << 20) * PAGE, USER_END - USER_START]
    empty = Forest.of([]).wish(*(everywhere(size) for size in sizes), Wish(0, PAGE),
                               Wish(5 * PAGE, 5 * PAGE), everywhere(USER_END),
                               Wish(0x1234000, USER_END, PAGE, GIB))
    check(lab, [empty])


def test_finds_room_at_both_ends(lab: Lab) -> None:
    """Given room below the first region or above the last one only, then it is found."""
    low, high = USER_START, USER_START + 200 * PAGE
    below = Forest.of([(10, 150), (0, 20), (0, 20)], low)
    above = Forest.of([(0, 20), (0, 20), (0, 150)], low)
    for forest in (below, above):
        forest.wish(*(Wish(low, high, pages * PAGE) for pages in (1, 9, 10, 11)),
                    Wish(low + PAGE, high, 9 * PAGE), Wish(low + PAGE, high, 10 * PAGE),
                    Wish(low, high - PAGE, 9 * PAGE), Wish(low, high - PAGE, 10 * PAGE))
    full = Forest.of([(0, 100), (0, 100)], low).wish(Wish(low, high))
    check(lab, [below, above, full.wish(Wish(low, high + PAGE), Wish(low - PAGE, high))])


def test_stays_between_low_and_high(lab: Lab) -> None:
    """Given ends within gaps, within regions and between, then nothing outside is touched."""
    base = lab.random.randrange(1 << 10, 1 << 30) * PAGE
    forest = Forest.of([(4, 3), (6, 3), (6, 3), (6, 3), (4, 1)], base)
    ends = range(base, base + 40 * PAGE, PAGE)
    wishes = [Wish(low, high, pages * PAGE) for pages in (1, 4, 6)
              for low in ends for high in (low + 6 * PAGE, low + 13 * PAGE, base + 39 * PAGE)]
    # Ends near those of all addresses, where sums could wrap.
    far = Forest.of([(2, 1), (3, 1), (7, 1)], (1 << 64) - 32 * PAGE).wish(
        *(Wish(low, (1 << 64) - PAGE, 4 * PAGE) for low in (0, (1 << 64) - 9 * PAGE,
                                                            (1 << 64) - 5 * PAGE)),
        Wish((1 << 64) - 3 * PAGE, (1 << 64) - PAGE, 4 * PAGE))
    check(lab, [forest.wish(*wishes), far])


def test_keeps_the_alignment(lab: Lab) -> None:
    """Given alignments, then gaps that are too narrow for an aligned start are passed over."""
    base = lab.random.randrange(1, 1 << 10) * (2 << 20)
    # The first gaps are large enough, but hold no aligned start with so much room behind it.
    forest = Forest.of([(0, 1), (510, 3), (600, 500), (1030, 1), (2000, 1)], base)
    for shift in (12, 13, 16, 20, 21, 22, 30, 39):
        forest.wish(*(Wish(low, base + (64 << 30), pages * PAGE, 1 << shift)
                      for low in (base, base + 700 * PAGE) for pages in (1, 500, 512, 513, 1500)))
    # An alignment beyond all addresses: the next multiple is 2^64, which is no address.
    far = Forest.of([(0, 1)], base).wish(Wish(base, USER_END, PAGE, 1 << 63),
                                         Wish(0, USER_END, PAGE, 1 << 63),
                                         Wish((1 << 63) + PAGE, (1 << 64) - PAGE, PAGE, 1 << 63))
    start = Forest.of([(1, 1)]).wish(Wish(0, USER_END, PAGE, 1 << 63), Wish(0, USER_END, PAGE))
    check(lab, [forest, far, start])


@pytest.mark.negative
def test_says_when_there_is_no_space(lab: Lab) -> None:
    """Given no gap that will do, then ERROR_NO_SPACE, and *start stays as it was."""
    base = lab.random.randrange(1 << 10, 1 << 20) * PAGE
    forest = Forest.of([(3, 2)] * 30, base)
    inside = [Wish(region.start, region.end) for region in forest.regions[::7]]
    forest.wish(*inside, Wish(base, base + 150 * PAGE, 4 * PAGE), Wish(base, base, PAGE),
                Wish(base + 150 * PAGE, base + 153 * PAGE, 4 * PAGE),
                Wish(base, base + 150 * PAGE, 1 << 60), Wish(base, base + 5 * PAGE, PAGE, 1 << 40))
    check(lab, [forest, Forest.of([(0, 100)], base).wish(Wish(base, base + 100 * PAGE))])


def busy(count: int, seed: int) -> dict[str, Forest]:
    """Trees in which there is much to look at where nothing can be found."""
    dense = Forest.drawn(Draw(count, seed, 3, 8), GIB, 7)
    middle = dense.regions[count // 2]
    first, last = dense.regions[0].start, dense.regions[-1].end
    small = Forest.drawn(Draw(count, seed, 0, 8), GIB, 7)
    wide = Forest.drawn(Draw(count, seed, 63, 1), GIB, 7)
    centre = wide.regions[count // 2]
    return {
        "small gaps everywhere, and room behind them all":
            dense.wish(Wish(first, USER_END, 4 * PAGE), Wish(middle.start, USER_END, 4 * PAGE)),
        "room, but only below low or above high":
            wide.wish(*(Wish(centre.start + PAGE * shift, centre.end + PAGE * shift, 2 * PAGE)
                        for shift in (0, 1)),
                      Wish(centre.start, centre.end), Wish(wide.regions[-2].start, USER_END),
                      Wish(0, wide.regions[2].end, GIB)),
        "no gap at all": small.wish(Wish(first, small.regions[-1].end),
                                    Wish(small.regions[3].start, USER_END, PAGE),
                                    Wish(first, last, 1 << 40)),
    }


def test_visits_few_regions(lab: Lab) -> None:
    """Given ever more regions, then a wish costs more only as the tree gets higher."""
    for count in (10, 100, 1000, 8000):
        forests = busy(count, lab.random.getrandbits(60))
        levels = 1.44 * count.bit_length()
        most = (INSTRUCTIONS_BESIDES + INSTRUCTIONS_A_LEVEL * levels) * lab.session.budget_scale
        asked = [each for forest in forests.values() for each in forest.asking(100)]
        replies = lab.run(asked).replies
        for (which, forest), (filled, found) in zip(forests.items(),
                                                    zip(replies[::2], replies[1::2])):
            forest.judge([filled, found])
            each = found.instructions // len(forest.wishes)
            if each > most:
                differs(f"find a gap among {count_of(count, 'region')}: {which}",
                        f"{most:.0f} instructions for each wish, or fewer", str(each),
                        "a subtree whose largest gap is too small, or that lies outside of the "
                        "range, need not be visited")


def test_finds_the_gap_in_any_tree(lab: Lab) -> None:
    """Given random trees of up to thousands of regions, then the answers of a slow search."""
    forests = []
    for count in (1, 2, 3, 7, 30, 200, 3000):
        draw = Draw(count, lab.random.getrandbits(60), lab.random.choice([1, 5, 40]),
                    lab.random.choice([1, 5, 40]))
        stride = lab.random.choice([1, 11, 13, 17, 19, 23])
        forest = Forest.drawn(draw, lab.random.randrange(1 << 16) * PAGE, stride)
        forest.wish(*(random_wish(lab.random, forest, PAGE << lab.random.choice([0, 0, 1, 4, 9]))
                      for _ in range(80)))
        forests.append(forest)
    check(lab, forests)
