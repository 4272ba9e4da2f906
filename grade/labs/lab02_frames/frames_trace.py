"""Long random traces of allocations, and what may have come of each call."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from cairn.requests import Request
from labs.lab01_boot.errors import OK
from labs.lab01_boot.facts import signed
from labs.lab01_boot.teaching import differs

from .frames_model import (ALLOCATE_ONE, ANY_NODE, FREE, FREE_ONE, KERNEL,
                           MEMORY_OBJECT, PAGE, SLOTS, Live, Machine, Wish, act,
                           result_name, run_steps)

# A line of the protocol has room for this many steps.
STEPS_PER_REQUEST = 480
COUNTS = (1, 1, 2, 3, 4, 8, 16, 31, 64, 100, 255, 256, 257, 500, 511)
BLOCKS = (512, 513, 700, 1024, 1500, 2048)


def random_wish(random: Random, nodes: int) -> Wish:
    """What callers ask for, small things most of all."""
    kind = random.random()
    count = random.choice(BLOCKS) if kind < 0.05 else \
        random.choice(COUNTS) if kind < 0.9 else random.randrange(1, 512)
    alignment = PAGE << random.choice([0, 0, 0, 1, 3, 6, 9]) if kind > 0.04 else PAGE << 10
    return Wish(count, alignment, random.randrange(KERNEL, MEMORY_OBJECT + 1),
                low=random.random() < 0.2, zeroed=random.random() < 0.02,
                node=random.randrange(nodes) if random.random() < 0.3 else ANY_NODE)


class Trace:
    """Calls on slots; a slot that is in use is freed, another one is allocated."""

    def __init__(self, random: Random, calls: int, nodes: int) -> None:
        self.calls: list[tuple[int, Wish | None]] = []  # None frees the slot
        used: dict[int, Wish] = {}
        slots = min(SLOTS, 1 + calls // 4)
        while len(self.calls) < calls:
            slot = random.randrange(slots)
            wish = None if slot in used else self._wish(random, nodes, used)
            if wish is not None and random.random() < 0.1:
                continue
            self._call(slot, wish, used)
        # In the end all is freed, in any order.
        for slot in random.sample(sorted(used), len(used)):
            self._call(slot, None, used)
        self.single = [random.random() < 0.7 for _ in self.calls]

    def _wish(self, random: Random, nodes: int, used: dict[int, Wish]) -> Wish:
        """At most a quarter of 128 MiB is in use, so that there is always room."""
        held = sum(wish.size for wish in used.values())
        wish = random_wish(random, nodes)
        return wish if held + wish.size < 32 << 20 else Wish(1)

    def _call(self, slot: int, wish: Wish | None, used: dict[int, Wish]) -> None:
        self.calls.append((slot, wish))
        if wish is None:
            del used[slot]
        else:
            used[slot] = wish

    def _steps(self) -> list[bytes]:
        steps = []
        sizes: dict[int, Wish] = {}
        for (slot, wish), single in zip(self.calls, self.single):
            if wish is None:
                one = single and sizes[slot].frames == 1
                steps.append(act(FREE_ONE if one else FREE, slot))
            elif wish == Wish(owner=wish.owner) and single:
                steps.append(act(ALLOCATE_ONE, slot, owner=wish.owner))
            else:
                steps.append(wish.step(slot))
            sizes[slot] = wish or sizes[slot]
        return steps

    @property
    def requests(self) -> list[Request]:
        steps = self._steps()
        return [run_steps(*steps[at:at + STEPS_PER_REQUEST])
                for at in range(0, len(steps), STEPS_PER_REQUEST)]

    def judge(self, machine: Machine, answers: Sequence[int], reserved: int) -> None:
        """Fails the test when an answer can't be right."""
        live = Live(machine)
        places: dict[int, int] = {}
        results = iter(answers)
        for number, (slot, wish) in enumerate(self.calls):
            if wish is None:
                live.held.pop(places.pop(slot), None)
                continue
            result, physical = signed(next(results)), next(results)
            asked = f"call {number} of a trace, with {len(live.held)} allocations: {wish}"
            if result != OK:
                expected = "OK: there is a free block of chunks that is large enough" \
                    if live.room(wish, reserved) else "OK"
                differs(asked, expected, result_name(result))
            wrong = live.wrong(wish, physical)
            if wrong:
                differs(asked, "memory of its own, as asked for", f"0x{physical:x}", wrong)
            live.held[physical] = wish
            places[slot] = physical
