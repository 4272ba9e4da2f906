"""Memory objects as a whole. These tests carry no points: each needs several exercises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import pytest
from cairn.lab import Lab
from labs.lab01_boot.errors import OK
from labs.lab01_boot.teaching import differs
from labs.lab02_frames.frames_model import COUNT, nodes_of

from .object_trace import INVALID, NO_MEMORY, NOT_SUPPORTED, OBJECTS, PAGE, World

pytestmark = pytest.mark.negative

GIB = 1 << 30
PAGES = 400


def run(lab: Lab, worlds: Sequence[World], memory: str = "256M",
        command_line: str = "") -> list[list[int]]:
    """Every step of all worlds, in one boot, brings what it should; all that came, by world."""
    asked = [world.requests for world in worlds]
    replies = iter(lab.run([each for requests in asked for each in requests], memory=memory,
                           command_line=command_line).replies)
    return [world.judge([next(replies) for _ in requests])
            for world, requests in zip(worlds, asked)]


def random_world(random: Random, steps: int) -> World:
    """Objects that are cloned to any depth, written, discarded and released in any order."""
    world = World()
    hot = random.sample(range(PAGES), 12)
    for _ in range(steps):
        free = [number for number in range(OBJECTS) if number not in world.objects]
        kind = random.random()
        if not world.objects or (kind < 0.05 and free):
            world.create(free[0], random.randrange((PAGES - 1) * PAGE, PAGES * PAGE) + 1)
            continue
        which = random.choice(list(world.objects))
        if kind < 0.15 and free and len(world.objects) < 40:
            world.clone(which, random.choice(free))
        elif kind < 0.25 and len(world.objects) > 1:
            world.release(which)
        elif kind < 0.3:
            world.refer(which)
        elif kind < 0.4:
            page = random.randrange(PAGES)
            world.discard(which, page, random.randrange(1, PAGES - page + 1))
        elif kind < 0.75:
            page = random.choice(hot) if random.random() < 0.8 else random.randrange(PAGES)
            world.write(which, page, random.randrange(1, 1 << 64))
        else:
            world.read(which, random.choice(hot))
        if random.random() < 0.05:
            world.memory()
            world.promises()
    end(random, world)
    return world


def end(random: Random, world: World) -> None:
    """Releases everything, in any order; nothing is left."""
    while world.objects:
        world.release(random.choice(list(world.objects)))
    world.promises()
    world.memory()


def test_whole_objects_keep_their_contents(lab: Lab) -> None:
    """Given long random traces, then each object has its own contents, and nothing is left."""
    # The first world makes what stays: magazines, and the heap's first slabs.
    first = random_world(lab.random, 300)
    again = [random_world(lab.random, 500) for _ in range(3)]
    came = run(lab, [first, *again])
    heap = [results[-1] for results in came]
    if heap[-1] > heap[1]:
        differs("make, clone, write, discard and release objects", f"{heap[1]} frames of the heap "
                "in use, however often", f"{heap[1:]} after each trace")


def test_whole_objects_of_large_pages(lab: Lab) -> None:
    """Given pages of 2 MiB, then they are filled, copied, discarded and released as a whole."""
    world = World()
    world.create(0, 5 << 21, 1)
    world.write(0, 1, 7)
    world.read(0, 4)
    world.clone(0, 1)
    world.write(1, 1, 8)
    world.clone(1, 2)
    world.memory()
    world.release(0)
    world.write(2, 4, 9)
    for which, page in ((1, 1), (1, 4), (2, 1), (2, 4)):
        world.read(which, page)
    world.discard(2, 1, 1)
    world.memory()
    world.read(2, 1)
    world.promises()
    end(lab.random, world)
    run(lab, [world])


def test_whole_refuses_what_makes_no_sense(lab: Lab) -> None:
    """Given sizes, levels and addresses that can't be, then an error and nothing else."""
    world = World()
    for size, level in ((0, 0), (0, 1), ((1 << 64) - 1, 0), ((1 << 64) - 4094, 0), (PAGE, 3),
                        ((1 << 64) - PAGE, 1)):
        world.create(0, size, level, INVALID)
    for size in (1 << 50, (1 << 64) - PAGE, GIB):
        world.create(0, size, 0, NO_MEMORY)
    for physical, size, flags in ((1, PAGE, 16), (PAGE, 0, 16), (PAGE, PAGE, 48), (PAGE, PAGE, 1),
                                  ((1 << 48) - PAGE, PAGE + 1, 16), (0, (1 << 64) - 1, 16),
                                  ((1 << 64) - PAGE, PAGE, 0), (PAGE, 1 << 48, 32)):
        world.physical(0, physical, size, flags, INVALID)
    world.physical(0, (1 << 48) - PAGE, 1, 32)
    world.clone(0, 1, NOT_SUPPORTED)
    world.discard(0, 0, 1)
    world.promises()
    end(lab.random, world)
    run(lab, [world])


def limit_of(lab: Lab, command_line: str) -> int:
    """How many frames may be promised."""
    world = World()
    world.promises()
    return run(lab, [world], command_line=command_line)[0][1]


def usable(lab: Lab) -> int:
    """The machine's frames."""
    return sum(node.usable for node in nodes_of(lab.run([COUNT]).replies[0]))


def run_to_limit(lab: Lab, build: Callable[[World, int], None], percent: int = 100) -> None:
    """Runs what `build` makes for the machine's own limit.

    The memory that a ramdisk takes is not counted, and the requests are in it: so the machine is
    asked with requests of the same length first.
    """
    command_line = f"overcommit={percent}" if percent != 100 else ""
    seed = lab.random.getrandbits(60)

    def world_for(frames: int) -> World:
        world = World()
        build(world, frames * percent // 100)
        end(Random(seed), world)
        return world

    guess = [COUNT, *world_for(60_000).requests]
    nodes = nodes_of(lab.run(guess, command_line=command_line).replies[0])
    world = world_for(sum(node.usable for node in nodes))
    replies = lab.run([COUNT, *world.requests], command_line=command_line).replies
    world.judge(replies[1:])


@pytest.mark.parametrize("percent", [100, 30, 250, 10_000])
def test_whole_promises_no_more_than_allowed(lab: Lab, percent: int) -> None:
    """Given a limit, then objects get all of it, and no frame more; what ends gives it back."""
    def build(world: World, limit: int) -> None:
        world.promises(limit)
        third = limit // 3
        world.create(0, third * PAGE)
        world.clone(0, 1)
        rest = limit - 2 * third
        world.create(2, (rest + 1) * PAGE, 0, NO_MEMORY)
        world.clone(0, 3, OK if rest >= third else NO_MEMORY)
        rest -= third
        world.create(4, rest * PAGE + 1, 0, NO_MEMORY)
        if rest > 0:
            world.create(4, rest * PAGE)
        world.promises(limit)
        world.create(5, 1, 0, NO_MEMORY)
        # A page that is discarded keeps its promise.
        world.write(0, 5, 1)
        world.discard(0, 5, 1)
        world.create(5, PAGE, 0, NO_MEMORY)
        world.write(0, 6, 1)
        world.promises(limit)
        world.write(0, 5, 2)
        world.read(0, 5)
        world.promises(limit)

    run_to_limit(lab, build, percent)


def test_whole_promise_of_a_page_is_its_own(lab: Lab) -> None:
    """Given pages that are discarded, untouched or twice, then no page loses its promise."""
    def build(world: World, limit: int) -> None:
        world.create(0, 3 * PAGE)
        for _ in range(3):
            world.discard(0, 0, 1)
        world.create(1, (limit - 2) * PAGE, 0, NO_MEMORY)
        world.create(1, (limit - 3) * PAGE)
        world.write(0, 2, 7)
        world.write(0, 0, 8)
        world.discard(0, 0, 1)
        world.write(0, 0, 9)
        world.read(0, 1)
        world.discard(0, 0, 3)
        world.promises(limit)
        # Nothing stays raised when a page can't be had.
        world.fail(1)
        world.write(0, 0, 1, NO_MEMORY)
        world.fail(0)
        world.promises(limit)

    run_to_limit(lab, build)


def test_whole_overcommit_takes_percentages_only(lab: Lab) -> None:
    """Given an option that is no percentage up to 10,000, then it is as without it."""
    expected = usable(lab)
    for text in ("abc", "10001", "-5", "", "18446744073709551616"):
        limit = limit_of(lab, f"overcommit={text}")
        if limit != expected:
            differs(f"boot with overcommit={text}", f"a limit of {expected} frames", str(limit))
    if limit_of(lab, "overcommit=0") != 0:
        differs("boot with overcommit=0", "a limit of 0 frames", "another")


def test_whole_objects_survive_any_failing_allocation(lab: Lab) -> None:
    """Given each allocation failing in turn, then ERROR_NO_MEMORY, and all contents stay."""
    world = World()
    world.create(0, PAGES * PAGE)
    for page in (0, 70, 300):
        world.write(0, page, page + 1)
    world.clone(0, 1)
    world.fail(1)
    world.write(0, 70, 9, NO_MEMORY)
    world.write(1, 200, 9, NO_MEMORY)
    world.read(1, 200, NO_MEMORY)
    world.clone(0, 2, NO_MEMORY)
    world.read(0, 70)
    world.read(1, 70)
    world.fail(2)
    world.clone(1, 2, NO_MEMORY)
    world.fail(0)
    world.promises()
    for which in (0, 1):
        for page in (0, 70, 300, 200):
            world.read(which, page)
    world.memory()
    end(lab.random, world)
    run(lab, [world])


def test_whole_object_of_huge_pages_needs_a_huge_block(lab: Lab) -> None:
    """Given a page of 1 GiB in a small machine, then it is promised where allowed, but not had."""
    world = World()
    world.create(0, GIB, 2, NO_MEMORY)
    run(lab, [world])
    world = World()
    world.create(0, GIB, 2)
    world.write(0, 0, 1, NO_MEMORY)
    world.clone(0, 1)
    world.promises()
    end(lab.random, world)
    run(lab, [world], command_line="overcommit=2000")
