"""What the probe space.run tells: facts in their order, places and regions, judged by the model."""

from __future__ import annotations

from collections.abc import Iterator

from cairn.protocol import Reply
from labs.lab01_boot.teaching import count_of

from .space_model import (COMBINE, DEVICE, PAGE, USER_END, USER_START, Frame, Object, Region)

# kernel/probe/probe_space.h
PLACES = 256

# Where the model has what is at random places.
FAR, FAR_EACH = 1 << 46, 1 << 36
FAR_END = FAR + PLACES * FAR_EACH


class Facts:
    """The facts of a reply, kind by kind, each in its order; and what was learnt before."""

    def __init__(self, arch: str = "") -> None:
        # RISC-V's entries say nothing of the memory's type.
        self.untold = DEVICE | COMBINE if arch == "riscv64" else 0
        self.places: dict[int, int] = {}
        self.objects: dict[Object, int] = {}
        self.frames: dict[Frame, int] = {}
        self.uses: list[list[int]] = []
        self.filled: list[int] = []
        self.iterators: dict[str, Iterator[object]] = {}

    def begin(self, reply: Reply) -> None:
        self.iterators = {kind: iter(reply.all(kind))
                          for kind in ("bytes", "region", "mapping", "use", "sums", "place")}

    def next(self, kind: str) -> list[int]:
        """The next fact of a kind; [] when there is none."""
        value = next(self.iterators[kind], [])
        return value if isinstance(value, list) else [value] if isinstance(value, int) else []

    def real(self, address: int) -> int:
        """What the model's address is in the kernel."""
        if not FAR <= address < FAR_END:
            return address
        place, offset = divmod(address - FAR, FAR_EACH)
        return self.places.get(place, 0) + offset


def judge_place(facts: Facts, place: int, size: int, alignment: int) -> tuple[str, str] | None:
    """A random place is within bounds, and aligned."""
    address = (facts.next("place") or [0])[0]
    facts.places[place] = address
    if address % max(alignment, PAGE) == 0 and USER_START <= address <= USER_END - size:
        return None
    return "an aligned place for user memory", f"0x{address:x}"


def judge_regions(wanted: list[Region], came: list[list[int]], facts: Facts
                  ) -> tuple[str, str] | None:
    """The regions that came are those of the model, and so are their objects."""
    expected = sorted((facts.real(each.start), each.end - each.start, each) for each in wanted)
    texts = [region_text(start, size, each.flags, each.offset)
             for start, size, each in expected]
    found = [region_text(start, end - start, flags, offset)
             for start, end, flags, offset, _ in came]
    if texts != found:
        place = next((i for i, (a, b) in enumerate(zip(texts, found)) if a != b),
                     min(len(texts), len(found)))
        return (f"{count_of(len(texts), 'region')}; number {place} is "
                + (texts[place] if place < len(texts) else "none"),
                f"{count_of(len(found), 'region')}; number {place} is "
                + (found[place] if place < len(found) else "none"))
    known: dict[int, Object] = {}
    for (start, _, region), (_, _, _, _, pointer) in zip(expected, came):
        if region.object is None:
            if pointer:
                return f"no object at 0x{start:x}", "one"
        elif facts.objects.setdefault(region.object, pointer) != pointer \
                or known.setdefault(pointer, region.object) is not region.object:
            return f"at 0x{start:x} the object that was mapped there", "another"
    return None


def region_text(start: int, size: int, flags: int, offset: int) -> str:
    return f"0x{start:x}, 0x{size:x} bytes, flags 0x{flags:x}, offset 0x{offset:x}"
