"""The model of kernel/frames/frame_cache.h, and the probe that drives a stack of frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.errors import CODES, OK
from labs.lab01_boot.errors import name as error_name
from labs.lab01_boot.facts import numbers, signed
from labs.lab01_boot.teaching import count_of

PAGE = 4096
ROOM, BATCH = 64, 32
NO_MEMORY = CODES["ERROR_NO_MEMORY"]

# kernel/probe/probe_frame_cache.c
TAKE, PUT = 0, 1
SOURCE, FIRST_PUT = 1 << 32, 1 << 40
UNTOUCHED = 0x5a5a5a5a5a5a5a5a


def frame_name(address: int) -> str:
    """A frame in words that tell where it came from."""
    for base, word in ((FIRST_PUT, "put in"), (SOURCE, "from the source"), (PAGE, "at first")):
        place, rest = divmod(address - base, PAGE)
        if 0 <= place < 1 << 16 and rest == 0:
            return f"{word} #{place + 1}"
    return f"0x{address:x}, which is no frame of this test"


def frame_names(frames: Sequence[int]) -> str:
    if len(frames) > 4:
        return (f"{count_of(len(frames), 'frame')}: {frame_name(frames[0])}, "
                f"{frame_name(frames[1])}, … {frame_name(frames[-1])}")
    return ", ".join(map(frame_name, frames)) or "no frame"


class Event(NamedTuple):
    """One thing that happened between a stack, its user and its source."""

    kind: str  # "put", "taken", "asked", "returned"
    numbers: tuple[int, ...]

    def __str__(self) -> str:
        if self.kind == "put":
            return f"a frame is put in ({frame_name(self.numbers[0])})"
        if self.kind == "asked":
            asked, given = self.numbers
            return f"the source is asked for {count_of(asked, 'frame')} and gives {given}"
        if self.kind == "returned":
            return f"the source gets back {frame_names(self.numbers)}"
        result, frame = self.numbers
        if result == OK:
            return f"a frame is taken: {frame_name(frame)}"
        text = f"taking a frame gives {error_name(result)}"
        return text if frame == UNTOUCHED else f"{text}, and *physical is changed"


@dataclass
class Trace:
    """What is asked of a stack."""

    title: str
    steps: Sequence[int]
    held: int = 0
    grants: Sequence[int] = ()

    def request(self) -> Request:
        return request("frame_cache.run", self.held, hexbytes(bytes(self.grants)),
                       hexbytes(bytes(self.steps))).titled(self.title)

    def expected(self) -> tuple[list[Event], list[int]]:
        """What happens, and what the stack holds in the end."""
        stack = [PAGE * (i + 1) for i in range(self.held)]
        events: list[Event] = []
        grants = iter(self.grants)
        fresh, put = SOURCE, FIRST_PUT
        for step in self.steps:
            if step == PUT:
                events.append(Event("put", (put,)))
                if len(stack) == ROOM:
                    events.append(Event("returned", tuple(stack[:BATCH])))
                    del stack[:BATCH]
                stack.append(put)
                put += PAGE
                continue
            if not stack:
                given = min(next(grants, 0), BATCH)
                events.append(Event("asked", (BATCH, given)))
                stack = [fresh + PAGE * i for i in range(given)]
                fresh += PAGE * given
            events.append(Event("taken", (OK, stack.pop()) if stack else (NO_MEMORY, UNTOUCHED)))
        return events, stack


def events_of(reply: Reply) -> list[Event]:
    """What the probe wrote down."""
    log = iter(numbers(reply, "log"))
    events = []
    for word in log:
        if word == 0:
            events.append(Event("put", (next(log),)))
        elif word == 1:
            events.append(Event("taken", (signed(next(log)), next(log))))
        elif word == 2:
            events.append(Event("asked", (next(log), next(log))))
        else:
            count = next(log)
            # Of more than twice the room, the probe reads no further.
            frames = tuple(next(log) for _ in range(min(count, 2 * ROOM)))
            events.append(Event("returned", frames))
    return events


def in_use_again(events: Sequence[Event]) -> str:
    """Says when a frame is somewhere twice; "" when none is."""
    outside: set[int] = set()
    for event in events:
        if event.kind == "put":
            outside.discard(event.numbers[0])
        gone = event.numbers if event.kind == "returned" else \
            event.numbers[1:] if event.kind == "taken" and event.numbers[0] == OK else ()
        for frame in gone:
            if frame in outside:
                return f"the frame {frame_name(frame)} leaves the stack a second time"
            outside.add(frame)
    return ""
