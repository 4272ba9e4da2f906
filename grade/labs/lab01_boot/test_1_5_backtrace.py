"""Exercise 1.5: walking the stack."""

from __future__ import annotations

from random import Random

from cairn.lab import Lab
from cairn.requests import request

from .elf import functions_of
from .facts import number, numbers
from .stack_image import LAYOUTS, STACK_SIZE, WORD, Stack, Walk
from .teaching import count_of, differs

RECORD = 2 * WORD
# A message lists no more addresses than this.
LISTED_MAX = 12


def return_address(random: Random) -> int:
    """An address that could be in the kernel's code."""
    return 0xffff_ffff_8000_0000 + random.randrange(0x10_0000) * 2 + 2


def addresses(random: Random, count: int) -> list[int]:
    return [return_address(random) for _ in range(count)]


def listed(values: list[int]) -> str:
    shown = ", ".join(f"0x{value:x}" for value in values[:LISTED_MAX]) or "none"
    more = len(values) - LISTED_MAX
    rest = f", and {more} more" if more > 0 else ""
    return f"{count_of(len(values), 'address')}: {shown}{rest}"


def check(lab: Lab, walks: list[Walk]) -> None:
    """Every walk gives the addresses that it should."""
    run = lab.run([walk.request() for walk in walks])
    for walk, reply in zip(walks, run.replies):
        expected = walk.expected()
        came = numbers(reply, "addresses")
        if number(reply, "count") != len(expected) or came != expected:
            differs(walk.title, listed(expected), listed(came))
        overruns = number(reply, "overruns")
        if overruns:
            differs(walk.title, f"no more than {walk.max} addresses stored",
                    f"{overruns} words behind the room for them changed")


def rising(random: Random, stack: Stack, count: int, start: int = 256) -> list[int]:
    """Frame pointers at rising places, with room for locals between."""
    frames = []
    at = start
    for _ in range(count):
        at += RECORD + WORD * random.randrange(9)
        frames.append(stack.record_at(at))
    return frames


def noisy_chain(lab: Lab, count: int) -> tuple[Stack, list[int]]:
    """A good stack with noise between the records."""
    stack = Stack(LAYOUTS[lab.arch])
    frames = rising(lab.random, stack, count)
    stack.chain(frames, addresses(lab.random, count))
    stack.noise(lab.random, 256, frames[-1] + 64)
    return stack, frames


def test_follows_the_chain_of_frames(lab: Lab) -> None:
    """Given a sound stack, then every return address, innermost first."""
    walks = []
    for count in (1, 2, 3, 10, 31, 32):
        stack, frames = noisy_chain(lab, count)
        walks.append(Walk(f"walk a chain of {count} frames", stack, frames[0]))
    stack, frames = noisy_chain(lab, 12)
    walks.append(Walk("walk from the middle of a chain", stack, frames[5]))
    tight = Stack(LAYOUTS[lab.arch])
    frames = [tight.record_at(512 + RECORD * i) for i in range(20)]
    tight.chain(frames, addresses(lab.random, 20))
    walks.append(Walk("walk frames that touch each other", tight, frames[0]))
    check(lab, walks)


def test_stores_no_more_than_asked_for(lab: Lab) -> None:
    """Given more frames than room, then the innermost ones."""
    walks = []
    for most in (0, 1, 2, 7, 31):
        stack, frames = noisy_chain(lab, 32)
        title = f"walk 32 frames with room for {most} addresses"
        walks.append(Walk(title, stack, frames[0], max=most))
    nowhere = Stack(LAYOUTS[lab.arch])
    walks.append(Walk("walk from a bad frame pointer with no room", nowhere, 1, max=0))
    stack, frames = noisy_chain(lab, 5)
    walks.append(Walk("walk 5 frames with room for 5 addresses", stack, frames[0], max=5))
    check(lab, walks)


def at_the_top(lab: Lab, low_of_last: int) -> Walk:
    """Three frames, the last of which has its record at this offset; a fourth lies behind it."""
    high = 4096
    stack = Stack(LAYOUTS[lab.arch], low=1024, high=high)
    frames = [stack.record_at(low) for low in (high - 512, high - 256, low_of_last, high + 256)]
    stack.chain(frames, addresses(lab.random, 4))
    return Walk(f"walk to a record at 0x{low_of_last:x} of a stack that ends at 0x{high:x}", stack,
                frames[0])


def test_stays_within_the_stack(lab: Lab) -> None:
    """Given records at and across both ends, then those wholly inside count; no other is read."""
    layout = LAYOUTS[lab.arch]
    ends = (-RECORD - WORD, -RECORD, -WORD, 0, WORD)
    walks = [at_the_top(lab, 4096 + offset) for offset in ends]
    for low in (1024 - RECORD, 1024 - WORD, 1024, 1024 + WORD):
        stack = Stack(layout, low=1024, high=4096)
        frames = [stack.record_at(low), stack.record_at(1536), stack.record_at(2048)]
        stack.chain(frames, addresses(lab.random, 3))
        title = f"walk from a record at 0x{low:x} of a stack that begins at 0x400"
        walks.append(Walk(title, stack, frames[0]))
    for inside in (0, STACK_SIZE - RECORD):
        stack = Stack(layout)
        stack.chain([stack.record_at(inside)], addresses(lab.random, 1))
        title = f"walk from the record at 0x{inside:x}, the stack's own first or last"
        walks.append(Walk(title, stack, stack.record_at(inside)))
    empty = Stack(layout, low=2048, high=2048)
    empty.chain([empty.record_at(2048)], addresses(lab.random, 1))
    walks.append(Walk("walk a stack of no bytes", empty, empty.record_at(2048)))
    check(lab, walks)


def wild_frames(random: Random) -> list[int]:
    """Frame pointers that lead nowhere."""
    return [0, 8, 16, WORD - 1, (1 << 64) - 8, (1 << 64) - 16, (1 << 64) - 1, 1 << 63,
            (1 << 63) - 8, 1 << 47, 0xdead_beef_dead_bee8, random.getrandbits(61) << 3]


def test_survives_wild_frame_pointers(lab: Lab) -> None:
    """Given frame pointers that point anywhere, then the walk ends there, without reading."""
    layout = LAYOUTS[lab.arch]
    walks = [Walk(f"walk from the frame pointer 0x{frame:x}", Stack(layout), frame, absolute=True)
             for frame in wild_frames(lab.random)]
    beside = (-8, -16, -24, -4096, *(STACK_SIZE + WORD * i for i in range(4)))
    for offset in beside:
        stack = Stack(layout)
        first = stack.record_at(512)
        # On some machines the frame pointer of the last record lies right at the stack's end.
        stack.record(first, offset, return_address(lab.random))
        title = f"walk to a frame pointer {offset} bytes from the stack's beginning"
        walks.append(Walk(title, stack, first))
    for frame in wild_frames(lab.random):
        stack = Stack(layout)
        first, second = stack.record_at(512), stack.record_at(640)
        stack.chain([first, second], addresses(lab.random, 2))
        stack.put(second + layout.next, frame)
        title = f"walk to a second frame whose caller's frame pointer is 0x{frame:x}"
        walks.append(Walk(title, stack, first))
    check(lab, walks)


def test_ends_where_the_chain_turns_back(lab: Lab) -> None:
    """Given loops, falling or odd frame pointers, or a return address 0, then the walk ends."""
    random, layout = lab.random, LAYOUTS[lab.arch]
    walks = []
    for back_to, title in ((3, "its own"), (2, "the last"), (0, "the first")):
        stack, frames = noisy_chain(lab, 4)
        stack.put(frames[3] + layout.next, frames[back_to], link=True)
        walks.append(Walk(f"walk to a fourth frame that leads back to {title} frame", stack,
                          frames[0]))
    stack, frames = noisy_chain(lab, 6)
    stack.put(frames[3] + layout.next, frames[2] - WORD, link=True)
    walks.append(Walk("walk to a fourth frame that leads to a lower place", stack, frames[0]))
    for odd in (1, 2, 4, 7):
        stack, frames = noisy_chain(lab, 6)
        stack.put(frames[2] + layout.next, frames[3] + odd, link=True)
        title = f"a frame pointer {count_of(odd, 'byte')} too high"
        walks.append(Walk(f"walk to {title}", stack, frames[0]))
        walks.append(Walk(f"walk from {title}", stack, frames[0] + odd))
    for ended in (0, 1, 4):
        stack, frames = noisy_chain(lab, 6)
        stack.put(frames[ended] + layout.back, 0)
        title = f"walk a chain whose return address number {ended + 1} is 0"
        walks.append(Walk(title, stack, frames[0]))
    stack = Stack(layout)
    first, second = stack.record_at(512), stack.record_at(512 + WORD)
    stack.chain([first], addresses(random, 1))
    stack.put(first + layout.next, second, link=True)
    stack.put(second + layout.back, return_address(random))
    walks.append(Walk("walk to a frame 8 bytes higher, the least step there is", stack, first))
    check(lab, walks)


def test_walks_the_running_stack(lab: Lab) -> None:
    """Given functions that really called each other, then the walk names them in order."""
    functions = functions_of(lab.session.elf)
    questions = [(lab.random.getrandbits(48), depth) for depth in (1, 5, 12, 24)]
    run = lab.run([request("backtrace.live", turns, depth) for turns, depth in questions])
    for (turns, depth), reply in zip(questions, run.replies):
        called = ["live_left" if turns >> level & 1 else "live_right" for level in range(depth)]
        expected = [*reversed(called), "run_live"]
        # A return address may lie just behind the call that ends a function.
        came = [functions.name_at(address - 1) for address in numbers(reply, "addresses")]
        if came[:len(expected)] != expected:
            differs(f"walk the stack from {depth} calls deep", ", ".join(expected) + ", and on",
                    ", ".join(map(str, came[:len(expected) + 2])) or "no address")
