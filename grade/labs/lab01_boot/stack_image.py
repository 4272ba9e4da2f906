"""Stacks for the probe backtrace.walk, and the model of kernel/backtrace/backtrace.h's walk."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from random import Random

from cairn.requests import Request, hexbytes, request

WORD = 8
STACK_SIZE = 8192
# The most bytes of image that fit into one request.
IMAGE_MAX = 3072
MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Layout:
    """Where a frame record's two words lie, relative to the frame pointer."""

    next: int
    back: int


LAYOUTS = {"x86_64": Layout(0, 8), "aarch64": Layout(0, 8), "riscv64": Layout(-16, -8)}


@dataclass
class Stack:
    """A stack of STACK_SIZE bytes, of which [low, high) is to be walked; places are offsets."""

    layout: Layout
    low: int = 0
    high: int = STACK_SIZE
    words: dict[int, int] = field(default_factory=dict)
    links: set[int] = field(default_factory=set)  # words that hold an offset

    def put(self, at: int, value: int, link: bool = False) -> None:
        """A word where it fits on the stack."""
        if 0 <= at <= STACK_SIZE - WORD and at % WORD == 0:
            self.words[at] = value & MASK
            self.links.discard(at)
            if link:
                self.links.add(at)

    def record(self, frame: int, following: int | None, back: int) -> None:
        """A frame record; None ends the chain with a frame pointer of 0."""
        self.put(frame + self.layout.next, following or 0, following is not None)
        self.put(frame + self.layout.back, back)

    def chain(self, frames: list[int], backs: list[int]) -> None:
        """Records that lead from each frame to the next; the last one's frame pointer is 0."""
        following: list[int | None] = [*frames[1:], None]
        for frame, after, back in zip(frames, following, backs):
            self.record(frame, after, back)

    def record_at(self, low: int) -> int:
        """The frame pointer whose record begins at the offset low."""
        return low - min(self.layout.next, self.layout.back)

    def noise(self, random: Random, low: int, high: int) -> None:
        """Words that look like nothing in particular."""
        for at in range(low, high, WORD):
            if at not in self.words:
                self.put(at, random.getrandbits(64) | 1)


@dataclass
class Walk:
    """A question: this stack, from this frame."""

    title: str
    stack: Stack
    frame: int
    max: int = 32
    absolute: bool = False

    def request(self) -> Request:
        words = self.stack.words
        start = min(words, default=0)
        image = bytearray(max(words, default=-WORD) + WORD - start)
        if len(image) > IMAGE_MAX:
            raise ValueError(f"{self.title}: the stack's words lie too far apart for a request")
        for at, value in words.items():
            struct.pack_into("<Q", image, at - start, value)
        frame = f"=0x{self.frame & MASK:x}" if self.absolute else f"0x{self.frame & MASK:x}"
        return request("backtrace.walk", hexbytes(bytes(image)), start, self.stack.low,
                       self.stack.high, frame, self.max, *sorted(self.stack.links),
                       budget_ms=5).titled(self.title)

    def expected(self) -> list[int]:
        """The return addresses that the contract promises."""
        found: list[int] = []
        frame, stack = self.frame, self.stack
        link = not self.absolute
        while len(found) < self.max and link and frame % WORD == 0:
            places = (frame + stack.layout.next, frame + stack.layout.back)
            if any(at < stack.low or at + WORD > stack.high for at in places):
                break
            back = stack.words.get(places[1], 0)
            if back == 0:
                break
            found.append(back)
            # A word that is no link is an address far from this stack.
            link = places[0] in stack.links
            following = stack.words.get(places[0], 0)
            following -= (following >> 63) << 64
            if not link or following <= frame:
                break
            frame = following
        return found
