"""A model of kernel/address_space/address_space.h: what address spaces hold, byte by byte.

Memory is frames that count who refers to them. An object is a table of frames; a region shows a
part of an object in a space. What nobody refers to is gone, so the number of frames in use is
known at any time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from labs.lab01_boot.errors import CODES, OK

PAGE = 4096
MIB, GIB = 1 << 20, 1 << 30
# kernel/address_space/address_space.h, kernel/page_table/page_table.h
USER_START, USER_END = 0x10000, (1 << 47) - PAGE
# kernel/arch/page_entry.h, and enum region_flags
READ, WRITE, EXECUTE, USER, DEVICE, COMBINE = (1 << bit for bit in range(6))
RIGHTS = READ | WRITE | EXECUTE
PRIVATE, OWN = 1 << 8, 1 << 9

INVALID = CODES["ERROR_INVALID_ARGUMENT"]
OUT_OF_RANGE = CODES["ERROR_OUT_OF_RANGE"]
MISSING = CODES["ERROR_NOT_FOUND"]
EXISTS = CODES["ERROR_EXISTS"]
NO_MEMORY = CODES["ERROR_NO_MEMORY"]
NO_SPACE = CODES["ERROR_NO_SPACE"]
FAULT = CODES["ERROR_FAULT"]


def page_size(level: int) -> int:
    return PAGE << 9 * level


class Memory:
    """All frames, and what is in them."""

    def __init__(self) -> None:
        self.frames = 0  # in use
        self.physical: dict[int, Frame] = {}


class Frame:
    """The memory of one page of an object, of any size."""

    def __init__(self, memory: Memory, level: int) -> None:
        self.memory, self.level = memory, level
        self.references = 1
        self.parts: dict[int, bytearray] = {}  # by 4 KiB; what is left out is all zeros
        memory.frames += 1 << 9 * level

    def copy(self) -> Frame:
        """Another frame with the same bytes."""
        other = Frame(self.memory, self.level)
        other.parts = {number: bytearray(part) for number, part in self.parts.items()}
        return other

    def release(self) -> None:
        self.references -= 1
        if self.references == 0:
            self.memory.frames -= 1 << 9 * self.level


@dataclass(eq=False)
class Object:
    """A memory object. `window` are the bytes of one with physical addresses."""

    memory: Memory
    size: int
    level: int = 0
    window: bytearray | None = None
    window_start: int = 0
    page_flags: int = 0
    references: int = 1
    pages: dict[int, Frame] = field(default_factory=dict)

    def release(self) -> None:
        self.references -= 1
        if self.references == 0:
            self.discard(0, self.size)

    def clone(self) -> Object:
        other = Object(self.memory, self.size, self.level)
        other.pages = dict(self.pages)
        for frame in other.pages.values():
            frame.references += 1
        return other

    def discard(self, offset: int, size: int) -> None:
        first, end = offset // page_size(self.level), (offset + size) // page_size(self.level)
        for number in [number for number in self.pages if first <= number < end]:
            self.pages.pop(number).release()

    def touch(self, offset: int, write: bool) -> Frame:
        """The frame with the byte at `offset`, for an access."""
        number = offset // page_size(self.level)
        frame = self.pages.get(number)
        if frame is None:
            frame = self.pages[number] = Frame(self.memory, self.level)
        elif write and frame.references > 1:
            self.pages[number] = frame.copy()
            frame.release()
        return self.pages[number]

    def part(self, offset: int, write: bool) -> bytearray | memoryview:
        """The 4 KiB that begin at `offset`, as they can be read and written."""
        if self.window is not None:
            place = self.window_start + offset
            return memoryview(self.window)[place:place + PAGE]
        frame = self.touch(offset, write)
        number = offset % page_size(self.level) // PAGE
        return frame.parts.setdefault(number, bytearray(PAGE))


@dataclass(eq=False)
class Region:
    """A range of addresses that shows part of an object, or nothing."""

    start: int
    end: int
    flags: int
    object: Object | None
    offset: int = 0

    def offset_at(self, address: int) -> int:
        return self.offset + address - self.start if self.object else 0

    def continued_by(self, other: Region) -> bool:
        return (self.end == other.start and self.flags == other.flags
                and self.object is other.object and self.offset_at(self.end) == other.offset)


@dataclass(frozen=True)
class MapRequest:
    """struct map_request; `address` is where the region came to be when it is not fixed."""

    size: int
    flags: int
    address: int = 0
    object: Object | None = None
    offset: int = 0
    fixed: bool = True
    alignment: int = 0

    def error(self) -> int:
        """What is wrong with it, whatever is mapped already."""
        rights, target = self.flags & RIGHTS, self.object
        each = page_size(target.level) if target else PAGE
        alignment = max(self.alignment, each)
        wrong = [
            self.size == 0, self.size % each != 0, self.flags & ~(RIGHTS | PRIVATE) != 0,
            rights != 0 and not rights & READ, self.alignment & (self.alignment - 1) != 0,
            self.offset % each != 0,
            self.offset + self.size > target.size if target else self.offset != 0,
            target is not None and target.window is not None and self.flags & PRIVATE != 0,
            target is not None and target.page_flags != 0 and rights & EXECUTE != 0,
            self.fixed and self.address % alignment != 0,
        ]
        if any(wrong):
            return INVALID
        if not self.fixed:
            first = (USER_START + alignment - 1) // alignment * alignment
            return NO_SPACE if first + self.size > USER_END else OK
        if self.address < USER_START or self.address + self.size > USER_END:
            return OUT_OF_RANGE
        return OK


class Space:
    """An address space."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.regions: list[Region] = []  # by address

    def at(self, address: int) -> Region | None:
        """The region that holds an address."""
        return next((each for each in self.regions if each.start <= address < each.end), None)

    def within(self, start: int, end: int) -> list[Region]:
        """All regions that have something in a range."""
        return [each for each in self.regions if each.start < end and start < each.end]

    def end(self) -> None:
        for region in self.regions:
            if region.object:
                region.object.release()
        self.regions = []

    def clone(self) -> Space:
        other, copies = Space(self.memory), dict[Object, Object]()
        for region in self.regions:
            target = region.object
            if target and region.flags & PRIVATE:
                if target not in copies:
                    copies[target] = target.clone()
                    copies[target].references = 0
                target = copies[target]
            if target:
                target.references += 1
            other.regions.append(Region(region.start, region.end, region.flags, target,
                                        region.offset))
        return other

    # --- changing regions ------------------------------------------------------------------------

    def map(self, request: MapRequest) -> int:
        error = request.error()
        if error != OK:
            return error
        start, end = request.address, request.address + request.size
        if request.fixed and self.within(start, end):
            return EXISTS
        flags, target = request.flags, request.object
        if target:
            target.references += 1
        elif not flags & RIGHTS:
            flags = 0
        else:
            target = Object(self.memory, request.size)
            flags |= OWN if flags & PRIVATE else 0
        self.regions.append(Region(start, end, flags, target, request.offset))
        self.regions.sort(key=lambda each: each.start)
        if not flags & OWN:
            self._merge(start, end)
        return OK

    def unmap(self, start: int, size: int) -> int:
        error = self._range_error(start, size) or self._cut_error(start, start + size)
        if error != OK:
            return error
        self._cut(start, start + size)
        gone = self.within(start, start + size)
        self.regions = [each for each in self.regions if each not in gone]
        for region in gone:
            if region.object and region.flags & OWN:
                region.object.discard(region.offset, region.end - region.start)
            if region.object:
                region.object.release()
        return OK

    def protect(self, start: int, size: int, rights: int) -> int:
        end = start + size
        error = self._protect_error(start, size, rights)
        if error != OK:
            return error
        self._cut(start, end)
        for region in self.within(start, end):
            region.flags = region.flags & ~RIGHTS | rights
        self._merge(start, end)
        return OK

    def _protect_error(self, start: int, size: int, rights: int) -> int:
        end = start + size
        if rights & ~RIGHTS or (rights and not rights & READ):
            return INVALID
        error = self._range_error(start, size)
        if error != OK:
            return error
        address = start
        for region in self.within(start, end):
            if region.start > address or (rights and not region.object):
                return MISSING
            if region.object and region.object.page_flags and rights & EXECUTE:
                return INVALID
            address = region.end
        return MISSING if address < end else self._cut_error(start, end)

    @staticmethod
    def _range_error(start: int, size: int) -> int:
        if size == 0 or start % PAGE or size % PAGE:
            return INVALID
        return OUT_OF_RANGE if start < USER_START or start + size > USER_END else OK

    def _cut_error(self, start: int, end: int) -> int:
        for edge in (start, end):
            region = self.at(edge)
            if region and region.start != edge and region.object \
                    and edge % page_size(region.object.level):
                return INVALID
        return OK

    def _cut(self, start: int, end: int) -> None:
        for edge in (start, end):
            region = self.at(edge)
            if region is None or region.start == edge:
                continue
            upper = Region(edge, region.end, region.flags, region.object, region.offset_at(edge))
            region.end = edge
            self.regions.insert(self.regions.index(region) + 1, upper)
            if upper.object:
                upper.object.references += 1

    def _merge(self, start: int, end: int) -> None:
        """Merges what meets anywhere from `start` to `end`."""
        merged: list[Region] = []
        for region in self.regions:
            if merged and start <= region.start <= end and merged[-1].continued_by(region):
                merged[-1].end = region.end
                if region.object:
                    region.object.release()
            else:
                merged.append(region)
        self.regions = merged

    # --- touching memory -------------------------------------------------------------------------

    def allows(self, address: int, access: int) -> bool:
        region = self.at(address)
        return region is not None and region.object is not None and region.flags & access != 0

    def touch(self, address: int, access: int) -> int:
        """An access to a page."""
        if not self.allows(address, access):
            return FAULT
        self._part(address, access == WRITE)
        return OK

    def _part(self, address: int, write: bool) -> bytearray | memoryview:
        region = self.at(address)
        assert region is not None and region.object is not None
        return region.object.part(region.offset_at(address // PAGE * PAGE), write)

    @staticmethod
    def pieces(address: int, size: int) -> Iterator[tuple[int, int]]:
        """A range, piece by piece within pages."""
        while size:
            length = min(size, PAGE - address % PAGE)
            yield address, length
            address, size = address + length, size - length

    def copy(self, address: int, size: int, data: bytes | None) -> bytes | None:
        """Writes `data`, or reads; None, with nothing done, when not all of it is allowed."""
        access = READ if data is None else WRITE
        pieces = list(self.pieces(address, size))
        if not all(self.allows(each, access) for each, _ in pieces):
            return None
        came = b""
        for each, length in pieces:
            part, begin = self._part(each, data is not None), each % PAGE
            if data is not None:
                part[begin:begin + length] = data[each - address:each - address + length]
            came += bytes(part[begin:begin + length])
        return came
