"""Traces of address spaces that the probe space.run runs, beside the model of space_model.py.

A trace is written before it runs: each step is done on the model at once, which tells what must
come. Where something is put at a random place the model uses an address of its own in a part that
is used for nothing else, and what came is translated when the trace is judged.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from struct import pack

from cairn.lab import Lab, Run
from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.errors import OK
from labs.lab01_boot.errors import name as name_of_error
from labs.lab01_boot.facts import numbers
from labs.lab01_boot.teaching import count_of, differs

from .space_facts import FAR, FAR_EACH, FAR_END, PLACES, Facts, judge_place, judge_regions
from .space_model import (FAULT, MISSING, PAGE, RIGHTS, USER, WRITE, MapRequest, Memory, Object,
                          Region, Space)

# kernel/probe/probe_address_space.c
SLOTS, NONE, FIXED, STEPS_MAX = 16, 255, 1 << 16, 100
WINDOW = 8 * PAGE


class Action(IntEnum):
    """What a step does."""

    (CREATE, RELEASE, CLONE, SWITCH, OBJECT, OBJECT_WINDOW, OBJECT_RELEASE, MAP, UNMAP, PROTECT,
     FAULT, WRITE, READ, FILL, REGIONS, MAPPING, PRUNE, COUNT, SHRINK, WANDER,
     TRY_HARD) = range(21)


# Says what is wrong with what came: what was expected, and what came; or None.
Judge = Callable[[int, Facts], tuple[str, str] | None]


@dataclass(frozen=True)
class Step:
    """One step and how its result is judged."""

    text: str
    code: bytes
    judge: Judge


def filling(seed: int, size: int) -> bytes:
    """The bytes that WRITE writes."""
    words = []
    for _ in range((size + 7) // 8):
        seed = (seed * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        words.append(seed)
    return pack(f"<{len(words)}Q", *words)[:size]


def rights_text(flags: int) -> str:
    return "".join(letter if flags & 1 << bit else "-" for bit, letter in enumerate("rwx"))


@dataclass
class SpaceTrace:
    """Steps on address spaces, for one boot. Each method adds a step and returns its error code."""

    memory: Memory = field(default_factory=Memory)
    spaces: dict[int, Space] = field(default_factory=dict)
    objects: dict[int, Object] = field(default_factory=dict)
    window: bytearray = field(default_factory=lambda: bytearray(WINDOW))
    steps: list[Step] = field(default_factory=list)
    places: int = 0

    # --- spaces and objects ----------------------------------------------------------------------

    def create(self, space: int) -> None:
        self.spaces[space] = Space(self.memory)
        self._step(f"create space {space}", Action.CREATE, OK, space)

    def release(self, space: int) -> None:
        self.spaces.pop(space).end()
        self._step(f"release space {space}", Action.RELEASE, OK, space)

    def clone(self, space: int, other: int) -> None:
        self.spaces[other] = self.spaces[space].clone()
        self._step(f"clone space {space} to {other}", Action.CLONE, OK, space, other)

    def refused_clone(self, space: int, other: int, error: int) -> None:
        """A clone that can't be had."""
        self._step(f"clone space {space} to {other}", Action.CLONE, error, space, other)

    def switch(self, space: int) -> None:
        self._step(f"switch to space {space}", Action.SWITCH, OK, space)

    def object(self, number: int, size: int, level: int = 0) -> None:
        self.objects[number] = Object(self.memory, size, level)
        self._step(f"object {number} of 0x{size:x} bytes, level {level}", Action.OBJECT, OK,
                   other=number, size=size, flags=level)

    def no_object(self, number: int, size: int, level: int, error: int) -> None:
        """An object that can't be had."""
        self._step(f"an object of 0x{size:x} bytes, level {level}", Action.OBJECT, error,
                   other=number, size=size, flags=level)

    def object_window(self, number: int, offset: int, size: int, page_flags: int = 0) -> None:
        """An object of physical addresses: a part of the probe's window."""
        self.objects[number] = Object(self.memory, size, window=self.window, window_start=offset,
                                      page_flags=page_flags)
        self._step(f"object {number} of physical memory", Action.OBJECT_WINDOW, OK, other=number,
                   size=size, offset=offset, flags=page_flags)

    def object_release(self, number: int) -> None:
        self.objects.pop(number).release()
        self._step(f"release object {number}", Action.OBJECT_RELEASE, OK, other=number)

    # --- regions ---------------------------------------------------------------------------------

    def map(self, space: int, flags: int, size: int, address: int = 0, *, object: int = NONE,
            offset: int = 0, fixed: bool = True, alignment: int = 0) -> int:
        place = 0
        if not fixed:
            self.places += 1
            place = self.places
            assert place < PLACES
            address = FAR + place * FAR_EACH
        wanted = MapRequest(size, flags, address, self.objects.get(object), offset, fixed,
                            alignment)
        error = self.spaces[space].map(wanted)
        where = f"at 0x{address:x}" if fixed else "anywhere"
        what = "" if object == NONE else f" of object {object} from 0x{offset:x} on"
        self._step(f"map 0x{size:x} bytes {where} in space {space}{what}, {rights_text(flags)} "
                   f"(flags 0x{flags:x}, alignment 0x{alignment:x})", Action.MAP, error, space,
                   object, place, flags | (FIXED if fixed else 0), address if fixed else 0, size,
                   offset, alignment)
        return error

    def refused_map(self, space: int, flags: int, size: int, error: int) -> None:
        """A region that can't be had anywhere, whatever the model says."""
        self._step(f"map 0x{size:x} bytes anywhere in space {space}", Action.MAP, error, space,
                   NONE, 0, flags, 0, size)

    def unmap(self, space: int, address: int, size: int) -> int:
        error = self.spaces[space].unmap(address, size)
        self._at(f"unmap 0x{size:x} bytes", Action.UNMAP, error, space, address, size)
        return error

    def protect(self, space: int, address: int, size: int, rights: int) -> int:
        error = self.spaces[space].protect(address, size, rights)
        self._at(f"protect 0x{size:x} bytes, {rights_text(rights)}", Action.PROTECT, error, space,
                 address, size, flags=rights)
        return error

    def prune(self, space: int) -> None:
        self._step(f"prune space {space}", Action.PRUNE, OK, space)

    # --- touching memory -------------------------------------------------------------------------

    def fault(self, space: int, address: int, access: int) -> int:
        error = self.spaces[space].touch(address, access)
        self._at(f"fault, {rights_text(access)}", Action.FAULT, error, space, address,
                 flags=access)
        return error

    def write(self, space: int, address: int, size: int, seed: int) -> None:
        """user_copy_out(). A write that fails may have done some of its work; it is done then."""
        came = space != NONE and self.spaces[space].copy(address, size, filling(seed, size))
        self._at(f"write {count_of(size, 'byte')}", Action.WRITE, FAULT if came in (None, False)
                 else OK, space, address, size, offset=seed)
        if came is None:
            for each, length in Space.pieces(address, size):
                if self.spaces[space].allows(each, WRITE):
                    self.write(space, each, length, seed ^ each)

    def read(self, space: int, address: int, size: int) -> None:
        """user_copy_in()."""
        came = None if space == NONE else self.spaces[space].copy(address, size, None)

        def judge(_result: int, facts: Facts) -> tuple[str, str] | None:
            if came is None or facts.next("bytes") == [zlib.crc32(came)]:
                return None
            return "what was written there before, and zeros elsewhere", "other bytes"

        self._at(f"read {count_of(size, 'byte')}", Action.READ, FAULT if came is None else OK,
                 space, address, size, judge=judge)
        if came is None and space != NONE:
            for each, length in Space.pieces(address, size):
                if self.spaces[space].allows(each, 1):
                    self.read(space, each, length)

    def fill(self, space: int, address: int, pages: int) -> None:
        """Writes to page after page until that fails. What is written is not remembered."""
        def judge(result: int, facts: Facts) -> tuple[str, str] | None:
            facts.filled.append(result)
            return None

        self._at(f"write to {count_of(pages, 'page')}", Action.FILL, None, space, address, pages,
                 judge=judge)

    def wander(self, space: int, address: int, times: int) -> None:
        """Maps a page, touches and unmaps it, each time 2 MiB further."""
        def judge(result: int, _facts: Facts) -> tuple[str, str] | None:
            return None if result == times else (f"all {times} times", str(result))

        self._at(f"map, touch and unmap a page {times} times, each 2 MiB further", Action.WANDER,
                 None, space, address, times, judge=judge)

    # --- looking ---------------------------------------------------------------------------------

    def regions(self, space: int) -> None:
        """All regions are as the model has them."""
        wanted = [Region(each.start, each.end, each.flags, each.object, each.offset)
                  for each in self.spaces[space].regions]

        def judge(_result: int, facts: Facts) -> tuple[str, str] | None:
            came = [facts.next("region") for _ in range(_result)]
            return judge_regions(wanted, came, facts)

        code = pack("<BBBBIQQQQ", Action.REGIONS, space, NONE, 0, 0, 0, 0, 0, 0)
        self.steps.append(Step(f"list the regions of space {space}", code, judge))

    def mapping(self, space: int, address: int) -> None:
        """What the page tables say of an address is allowed by the model."""
        region = self.spaces[space].at(address)
        frame, flags, level = None, 0, 0
        if region and region.object:
            flags, level = region.flags & RIGHTS | USER | region.object.page_flags, \
                region.object.level
            frame = region.object.pages.get(region.offset_at(address) // (PAGE << 9 * level))
            if frame and frame.references > 1:
                flags &= ~WRITE
        device = region is not None and region.object is not None \
            and region.object.window is not None

        def judge(result: int, facts: Facts) -> tuple[str, str] | None:
            if result == MISSING:
                return None
            physical, came_level, came = facts.next("mapping")
            if came & ~flags or (came ^ flags) & ~(WRITE | facts.untold) or not flags:
                return f"a page with at most the flags 0x{flags:x}, or none", f"0x{came:x}"
            if frame is None:
                return None if device else ("no page: nothing has touched it", "one")
            if came_level != level:
                return f"a page of level {level}", f"level {came_level}"
            start = physical // (PAGE << 9 * level) * (PAGE << 9 * level)
            if facts.frames.setdefault(frame, start) != start:
                return f"the frame at 0x{facts.frames[frame]:x}, as before", f"0x{start:x}"
            return None

        self._at("look at the page-table entry", Action.MAPPING, None, space, address, judge=judge)

    def count(self) -> None:
        """So many frames are in use as the model says."""
        frames = self.memory.frames

        def judge(_result: int, facts: Facts) -> tuple[str, str] | None:
            came = facts.next("use")
            facts.uses.append(came)
            if came[0] == frames:
                return None
            return f"{count_of(frames, 'frame')} of objects in use", str(came[0])

        self._step("count what is in use", Action.COUNT, OK, judge=judge)

    def shrink(self) -> None:
        self._step("shrink the heap's caches", Action.SHRINK, OK)

    def hard(self) -> None:
        """The next step is tried with ever more allocations that succeed."""
        def judge(_result: int, facts: Facts) -> tuple[str, str] | None:
            sums = facts.next("sums")
            return None if len(sums) == 1 else ("regions as they were, after each failure",
                                                "others")

        self.steps.append(Step("then, with ever fewer failing allocations", pack(
            "<BBBBIQQQQ", Action.TRY_HARD, NONE, NONE, 0, 0, 0, 0, 0, 0), judge))

    def end(self) -> None:
        """Releases everything."""
        for space in sorted(self.spaces):
            self.release(space)
        for number in sorted(self.objects):
            self.object_release(number)
        self.shrink()
        self.count()

    # --- running ---------------------------------------------------------------------------------

    def run(self, lab: Lab, command_line: str = "heap=plain", budget_ms: int = 300,
            memory: str = "256M") -> tuple[Facts, Run]:
        """Runs the trace and judges it."""
        parts = [self.steps[i:i + STEPS_MAX] for i in range(0, len(self.steps), STEPS_MAX)]
        requests: list[Request] = [
            request("space.run", hexbytes(b"".join(step.code for step in part)),
                    budget_ms=budget_ms)
            .titled(f"{part[0].text}, and {count_of(len(part) - 1, 'more step')}")
            for part in parts]
        run = lab.run(requests, command_line=command_line, memory=memory)
        return self.judge(run.replies, lab.arch), run

    def judge(self, replies: list[Reply], arch: str) -> Facts:
        """Fails the test at the first step with a wrong result."""
        facts, place = Facts(arch), 0
        for reply in replies:
            facts.begin(reply)
            for value in numbers(reply, "results"):
                result = value - (1 << 64) if value >> 63 else value
                wrong = self.steps[place].judge(result, facts)
                if wrong:
                    differs(self.asked(place), *wrong)
                place += 1
        return facts

    def asked(self, place: int) -> str:
        """The steps up to one, in words; of many, the last few."""
        first = max(0, place - 7)
        left_out = f"… ({count_of(first, 'step')}), " if first else ""
        return left_out + ", ".join(step.text for step in self.steps[first:place + 1])

    # --- helpers ---------------------------------------------------------------------------------

    def _at(self, text: str, action: Action, error: int | None, space: int, address: int,
            size: int = 0, *, flags: int = 0, offset: int = 0, judge: Judge | None = None) -> None:
        """A step at an address, which may lie at a random place."""
        place = 0
        text = f"{text} at 0x{address:x} of space {space}"
        if FAR <= address < FAR_END:
            place, address = divmod(address - FAR, FAR_EACH)
        self._step(text, action, error, space, NONE, place, flags, address, size, offset,
                   judge=judge)

    def _step(self, text: str, action: Action, error: int | None, space: int = NONE,
              other: int = NONE, place: int = 0, flags: int = 0, address: int = 0, size: int = 0,
              offset: int = 0, alignment: int = 0, judge: Judge | None = None) -> None:
        def check(result: int, facts: Facts) -> tuple[str, str] | None:
            if error is not None and result != error:
                return name_of_error(error), name_of_error(result)
            if action == Action.MAP and result == OK and place:
                wrong = judge_place(facts, place, size, alignment)
                if wrong:
                    return wrong
            return judge(result, facts) if judge else None

        mask = (1 << 64) - 1
        code = pack("<BBBBIQQQQ", action, space, other, place, flags, address & mask, size & mask,
                    offset & mask, alignment & mask)
        self.steps.append(Step(text, code, check))
