"""Page-table entries as the manuals describe them, for each architecture.

Sources: Intel SDM volume 3, 4.5; Arm DDI 0487, D8.3; RISC-V Privileged Architecture 20211203,
4.3.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import product
from random import Random

# kernel/arch/page_entry.h
READ, WRITE, EXECUTE, USER, DEVICE, COMBINE = (1 << bit for bit in range(6))
FLAG_NAMES = {READ: "READ", WRITE: "WRITE", EXECUTE: "EXECUTE", USER: "USER", DEVICE: "DEVICE",
              COMBINE: "COMBINE"}
LEVELS = (0, 1, 2)


def level_size(level: int) -> int:
    """Bytes that an entry of a level maps or leads to."""
    return 1 << (12 + 9 * level)


def flags_text(flags: int) -> str:
    """A set of flags as the source writes it."""
    names = [name for flag, name in FLAG_NAMES.items() if flags & flag]
    if flags >= 1 << len(FLAG_NAMES):
        names.append(hex(flags >> len(FLAG_NAMES) << len(FLAG_NAMES)))
    return "PAGE_" + " | PAGE_".join(names) if names else "0"


class Kind(Enum):
    """What an entry is to the processor."""

    ABSENT = "not present"
    TABLE = "a table"
    LEAF = "a page"


@dataclass(frozen=True)
class Decoded:
    """An entry that was taken apart."""

    kind: Kind
    physical: int = 0
    flags: int = 0


ABSENT = Decoded(Kind.ABSENT)


def bits(number: int, high: int, low: int) -> int:
    """Some bits of a number."""
    return number >> low & ((1 << (high - low + 1)) - 1)


def mask(*places: int) -> int:
    """A number with these bits set."""
    return sum(1 << place for place in places)


class Format:
    """How an architecture writes entries."""

    #: Bits that change nothing, at any level.
    ignored = 0
    #: Whether entries tell memory types.
    has_types = True

    def leaf(self, physical: int, level: int, flags: int) -> int:
        raise NotImplementedError

    def table(self, physical: int) -> int:
        raise NotImplementedError

    def decode(self, entry: int, level: int) -> Decoded:
        raise NotImplementedError

    def odd_forms(self, level: int) -> list[int]:
        """Entries at the borders between the kinds, with an address."""
        raise NotImplementedError

    def random(self, random: Random, level: int) -> int:
        """Any entry without a reserved bit."""
        raise NotImplementedError

    def flag_sets(self) -> list[int]:
        """Every set of flags that a page can have, RISC-V's pages without a type."""
        types = (0, DEVICE, COMBINE) if self.has_types else (0,)
        return [READ | write | execute | user | kind for write, execute, user, kind in
                product((0, WRITE), (0, EXECUTE), (0, USER), types)]


class X86(Format):
    """x86-64."""

    # Accessed, dirty, global, and bits 9 to 11 and 52 to 58.
    ignored = mask(5, 6, 8, 9, 10, 11, *range(52, 59))
    _address = mask(*range(12, 52))

    def leaf(self, physical: int, level: int, flags: int) -> int:
        entry = physical | 1 | (1 << 7 if level else 0)
        entry |= 1 << 1 if flags & WRITE else 0
        entry |= 0 if flags & EXECUTE else 1 << 63
        entry |= 1 << 2 if flags & USER else 1 << 8
        return entry | (0b11 << 3 if flags & DEVICE else 1 << 3 if flags & COMBINE else 0)

    def table(self, physical: int) -> int:
        return physical | 0b111

    def decode(self, entry: int, level: int) -> Decoded:
        if not entry & 1:
            return ABSENT
        physical = entry & self._address
        if level == 3 or level > 0 and not entry & 1 << 7:
            return Decoded(Kind.TABLE, physical)
        flags = READ | (WRITE if entry & 1 << 1 else 0) | (0 if entry >> 63 else EXECUTE)
        flags |= USER if entry & 1 << 2 else 0
        flags |= (0, COMBINE, DEVICE, DEVICE)[bits(entry, 4, 3)]
        return Decoded(Kind.LEAF, physical & -level_size(level), flags)

    def odd_forms(self, level: int) -> list[int]:
        address = 5 << 30
        large = [address | low | 1 << 7 for low in (0, 1, 2, 3, 7)]
        return [0, address, address | 0b110, ~1 & (1 << 64) - 1, *large,
                *(entry & ~(1 << 7) for entry in large),
                *(entry | 1 << 12 for entry in large if level)]

    def random(self, random: Random, level: int) -> int:
        address = random.randrange(1 << 40 - 9 * level) << 12 + 9 * level
        return address | random.getrandbits(12) | random.getrandbits(7) << 52 | \
            random.getrandbits(1) << 63 | (random.getrandbits(1) << 12 if level else 0)


class Arm(Format):
    """AArch64."""

    # Non-secure, shareability, accessed, not global, contiguous, and the bits for software.
    ignored = mask(5, 8, 9, 10, 11, 52, *range(55, 59))
    _address = mask(*range(12, 48))

    def leaf(self, physical: int, level: int, flags: int) -> int:
        entry = physical | 1 | (0 if level else 1 << 1) | 1 << 10 | 0b11 << 53
        entry |= 0 if flags & WRITE else 1 << 7
        entry |= 1 << 6 | 1 << 11 if flags & USER else 0
        if flags & EXECUTE:
            entry &= ~(1 << 54 if flags & USER else 1 << 53)
        if flags & DEVICE:
            return entry | 1 << 2
        return entry | 0b11 << 8 | (2 << 2 if flags & COMBINE else 0)

    def table(self, physical: int) -> int:
        return physical | 0b11

    def decode(self, entry: int, level: int) -> Decoded:
        low = entry & 0b11
        physical = entry & self._address
        if level > 0 and low == 0b11:
            return Decoded(Kind.TABLE, physical)
        if level == 3 or low != (0b01 if level else 0b11):
            return ABSENT
        user = entry & 1 << 6
        flags = READ | (0 if entry & 1 << 7 else WRITE) | (USER if user else 0)
        flags |= 0 if entry & (1 << 54 if user else 1 << 53) else EXECUTE
        flags |= (0, DEVICE, COMBINE)[bits(entry, 4, 2)] if bits(entry, 4, 2) < 3 else DEVICE
        return Decoded(Kind.LEAF, physical & -level_size(level), flags)

    def odd_forms(self, level: int) -> list[int]:
        address = 5 << 30
        return [0, address, ~1 & (1 << 48) - 1,
                *(address | low | rest for low in range(4) for rest in (0, 1 << 10, 0x400 | 0xc0)),
                *(address | low | index << 2 for low in (1, 3) for index in range(8))]

    def random(self, random: Random, level: int) -> int:
        address = random.randrange(1 << 36 - 9 * level) << 12 + 9 * level
        upper = (random.getrandbits(7) << 52) & mask(*range(52, 59))
        return address | random.getrandbits(12) | upper


class RiscV(Format):
    """RISC-V with Sv48."""

    # Global, accessed, dirty, and the bits for software.
    ignored = mask(5, 6, 7, 8, 9)
    has_types = False

    def leaf(self, physical: int, level: int, flags: int) -> int:
        entry = physical >> 2 | 1 | 0b11 << 6
        entry |= (flags & (READ | WRITE | EXECUTE)) << 1
        return entry | (1 << 4 if flags & USER else 1 << 5)

    def table(self, physical: int) -> int:
        return physical >> 2 | 1

    def decode(self, entry: int, level: int) -> Decoded:
        if not entry & 1:
            return ABSENT
        physical = bits(entry, 53, 10) << 12
        rights = bits(entry, 3, 1)
        if rights == 0:
            return Decoded(Kind.TABLE, physical) if level else ABSENT
        if level == 3 or rights & WRITE and not rights & READ:
            return ABSENT
        return Decoded(Kind.LEAF, physical & -level_size(level),
                       rights | (USER if entry & 1 << 4 else 0))

    def odd_forms(self, level: int) -> list[int]:
        address = 5 << 28
        return [0, address, (1 << 54) - 2, *(address | low for low in range(32)),
                *(address | 0xc0 | low for low in range(32))]

    def random(self, random: Random, level: int) -> int:
        address = random.randrange(1 << 44 - 9 * level) << 10 + 9 * level
        return address | random.getrandbits(10)


FORMATS: dict[str, Format] = {"x86_64": X86(), "aarch64": Arm(), "riscv64": RiscV()}
