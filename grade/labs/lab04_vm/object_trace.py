"""Memory objects as their users see them, and traces that object.run runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from struct import pack

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.errors import CODES, OK, name
from labs.lab01_boot.facts import numbers, signed
from labs.lab01_boot.teaching import count_of, differs

PAGE, U64 = 4096, 1 << 64
NO_MEMORY, INVALID = CODES["ERROR_NO_MEMORY"], CODES["ERROR_INVALID_ARGUMENT"]
NOT_SUPPORTED = CODES["ERROR_NOT_SUPPORTED"]
# kernel/probe/probe_object.c
(CREATE, PHYSICAL, CLONE, REFER, RELEASE, WRITE, READ, DISCARD, PROMISES, MEMORY, FAIL) = range(11)
OBJECTS = 64
STEPS_MAX, SHOWN = 150, 8


@dataclass
class Frame:
    """What holds a page, for as many objects as refer to it."""

    content: int = 0
    references: int = 1


@dataclass
class Object:
    """A memory object."""

    pages: int
    level: int = 0
    references: int = 1
    reserved: int = 0
    frames: dict[int, Frame] = field(default_factory=dict)

    @property
    def unit(self) -> int:
        """Frames that a page takes."""
        return 1 << 9 * self.level


class World:
    """Steps on objects, and what each should bring. `known` says whether allocations succeed."""

    def __init__(self) -> None:
        self.objects: dict[int, Object] = {}
        self.steps: list[bytes] = []
        self.words: list[str] = []
        # For each step what it should note; None where anything may come.
        self.expected: list[list[int | None]] = []
        self.promised = 0

    def step(self, words: str, expected: Sequence[int | None], action: int, which: int = 0,
             other: int = 0, count: int = 0, a: int = 0, b: int = 0) -> None:
        self.steps.append(pack("<BBHIQQ", action, which, other, count, a % U64, b % U64))
        self.words.append(words)
        self.expected.append(list(expected))

    def create(self, which: int, size: int, level: int = 0, result: int = OK) -> None:
        unit = PAGE << 9 * level
        pages = -(-size // unit)
        words = f"create object {which} of {size:#x} bytes" + (f", level {level}" if level else "")
        self.step(words, [result, pages * unit if result == OK else 0], CREATE, which, level, 0,
                  size)
        if result == OK:
            self.objects[which] = Object(pages, level, reserved=pages << 9 * level)
            self.promised += self.objects[which].reserved

    def physical(self, which: int, physical: int, size: int, flags: int = 16,
                 result: int = OK) -> None:
        rounded = -(-size // PAGE) * PAGE
        self.step(f"make object {which} of {size:#x} bytes from {physical:#x} on, flags {flags}",
                  [result, rounded if result == OK else 0], PHYSICAL, which, 0, flags, size,
                  physical)
        if result == OK:
            self.objects[which] = Object(0)

    def clone(self, which: int, to: int, result: int = OK) -> None:
        self.step(f"clone object {which} as {to}", [result], CLONE, which, to)
        if result == OK:
            source = self.objects[which]
            for frame in source.frames.values():
                frame.references += 1
            self.objects[to] = Object(source.pages, source.level, 1, source.reserved,
                                      dict(source.frames))
            self.promised += source.reserved

    def refer(self, which: int) -> None:
        self.step(f"add a reference to object {which}", [], REFER, which)
        self.objects[which].references += 1

    def release(self, which: int) -> None:
        item = self.objects[which]
        item.references -= 1
        self.step(f"release object {which}", [], RELEASE, which, 0, int(item.references == 0))
        if item.references == 0:
            for frame in item.frames.values():
                frame.references -= 1
            self.promised -= item.reserved
            del self.objects[which]

    def _get(self, item: Object, page: int, write: bool) -> Frame:
        frame = item.frames.get(page)
        if frame is None:
            frame = item.frames[page] = Frame()
        elif write and frame.references > 1:
            frame.references -= 1
            frame = item.frames[page] = Frame(frame.content)
        return frame

    def write(self, which: int, page: int, content: int, result: int = OK) -> None:
        self.step(f"write {content:#x} to page {page:#x} of object {which}", [result], WRITE, which,
                  0, 0, page, content)
        if result == OK:
            self._get(self.objects[which], page, True).content = content

    def read(self, which: int, page: int, result: int = OK) -> None:
        expected = [result, 0, 0, 0]
        if result == OK:
            content = self._get(self.objects[which], page, False).content
            # A page that was never written holds zeros, the last word too.
            expected[1:3] = [content, content ^ (U64 - 1) if content else 0]
        self.step(f"read page {page:#x} of object {which}", expected, READ, which, 0, 0, page)

    def discard(self, which: int, page: int, pages: int) -> None:
        item = self.objects[which]
        size = PAGE << 9 * item.level
        self.step(f"discard {count_of(pages, 'page')} of object {which} from page {page:#x} on", [],
                  DISCARD, which, 0, 0, page * size, pages * size)
        for number in [each for each in item.frames if page <= each < page + pages]:
            item.frames.pop(number).references -= 1

    def fail(self, count: int) -> None:
        self.step(f"allocation {count} fails" if count else "no allocation fails", [], FAIL, 0, 0,
                  count)

    def promises(self, limit: int | None = None) -> None:
        self.step("ask for the promises", [self.promised, limit], PROMISES)

    def memory(self, heap: int | None = None) -> None:
        frames = {id(frame): item.unit for item in self.objects.values()
                  for frame in item.frames.values()}
        self.step("count the objects' frames", [sum(frames.values()), heap], MEMORY)

    @property
    def requests(self) -> list[Request]:
        return [request("object.run", hexbytes(b"".join(self.steps[at:at + STEPS_MAX])),
                        budget_ms=400).titled(self.words[at])
                for at in range(0, len(self.steps), STEPS_MAX)]

    def judge(self, replies: Sequence[Reply]) -> list[int]:
        """Fails the test at the first step of which something else came. @return all numbers"""
        came = [each for reply in replies for each in numbers(reply, "results")]
        at = 0
        for place, expected in enumerate(self.expected):
            some = came[at:at + len(expected)]
            at += len(expected)
            if len(some) != len(expected) or any(
                    each is not None and each % U64 != got for each, got in zip(expected, some)):
                differs(self._asked(place), str(expected), self._came(some))
        return came

    def _asked(self, place: int) -> str:
        words = self.words[:place + 1]
        left_out = f"… ({count_of(len(words) - SHOWN, 'step')}), " if len(words) > SHOWN else ""
        return left_out + ", ".join(words[-SHOWN:])

    @staticmethod
    def _came(some: Sequence[int]) -> str:
        return str([name(signed(each)) if signed(each) < 0 else each for each in some])
