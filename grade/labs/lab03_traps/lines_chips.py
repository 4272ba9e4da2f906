"""The three chips at which lines end: which bits of which registers are whose.

A chip is a number of registers of 32 bits, by the offset, or for an I/O APIC by the index, under
which they are reached. What registers hold at first is a pattern, as in
kernel/probe/simulated_lines.c.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

WORD = 0xffff_ffff
RISING, FALLING, HIGH, LOW = range(4)
TRIGGERS = ("a rising edge", "a falling edge", "a high level", "a low level")


class Field(NamedTuple):
    """Bits of a register with a meaning, and what they should hold."""

    title: str
    register: int
    mask: int
    value: int


@dataclass
class Registers:
    """What a chip's registers hold."""

    seed: int
    held: dict[int, int] = field(default_factory=dict)

    def __getitem__(self, register: int) -> int:
        return self.held.get(register, self.pattern(register))

    def __setitem__(self, register: int, value: int) -> None:
        self.held[register] = value

    def pattern(self, register: int) -> int:
        """What a register holds at first."""
        value = (((register + 1) * 0x9e37_79b1) & WORD) ^ self.seed
        value = ((value ^ value >> 15) * 0x85eb_ca6b) & WORD
        value = ((value ^ value >> 13) * 0xc2b2_ae35) & WORD
        return value ^ value >> 16


class Shape(NamedTuple):
    """One chip among those of its kind: the words of a struct line_chip."""

    first: int
    lines: int
    context: int = 0

    @property
    def end(self) -> int:
        """The number behind the last line's."""
        return self.first + self.lines


class Chip:
    """What the kinds of chips have in common."""

    name = ""
    kind = 0
    register = "register"  # what messages call one
    triggers: tuple[int, ...] = ()
    shapes: tuple[Shape, ...] = ()

    def reset(self, registers: Registers) -> None:
        """Forgets what the last replay left."""

    def target_of(self, offset: int) -> int | None:
        """Which register an access reaches; None for none at all."""
        return offset

    def is_harmless(self, offset: int) -> bool:
        """Whether a write changes nothing but what the next access reaches."""
        return False

    def write(self, registers: Registers, offset: int, value: int) -> dict[int, int]:
        """The registers that a write changes, and what they hold then."""
        return {offset: value}

    def own(self, shape: Shape, line: int) -> dict[int, int]:
        """All bits of a line, by register."""
        raise NotImplementedError

    def mask_bit(self, shape: Shape, line: int) -> tuple[int, int, int]:
        """Register and bit that hold the line back, and what they are when it is held back."""
        raise NotImplementedError

    def fields(self, shape: Shape, line: int, number: int, target: int,
               trigger: int) -> list[Field]:
        """What line_configure() must set, besides the mask."""
        raise NotImplementedError

    def numbers(self, random: Random, line: int) -> list[int]:
        """Good numbers for a line, those at the borders first."""
        return [line]

    def targets(self, random: Random) -> list[int]:
        """Good targets, those at the borders first."""
        raise NotImplementedError

    def is_masked(self, registers: Registers, shape: Shape, line: int) -> bool:
        """Whether a line is held back."""
        register, bit, value = self.mask_bit(shape, line)
        return registers[register] & bit == value


class IoApic(Chip):
    """Intel 82093AA: two registers to reach all others; an entry of two words a line."""

    name = "I/O APIC"
    register = "the register of index"
    kind = 0
    triggers = (RISING, FALLING, HIGH, LOW)
    shapes = (Shape(0, 24), Shape(24, 24), Shape(1000, 120), Shape(7, 1), Shape(0, 1))
    select, window, entries, read_only = 0x00, 0x10, 0x10, 0x5000

    def __init__(self) -> None:
        self.selected = 0

    def reset(self, registers: Registers) -> None:
        self.selected = registers.pattern(0)

    def target_of(self, offset: int) -> int | None:
        return {self.select: -1, self.window: self.selected & 0xff}.get(offset)

    def is_harmless(self, offset: int) -> bool:
        return offset == self.select

    def write(self, registers: Registers, offset: int, value: int) -> dict[int, int]:
        if offset == self.select:
            self.selected = value
            return {}
        index = self.selected & 0xff
        if index >= self.entries and index % 2 == 0:
            value = value & ~self.read_only | registers[index] & self.read_only
        return {index: value}

    def own(self, shape: Shape, line: int) -> dict[int, int]:
        entry = self.entries + 2 * (line - shape.first)
        return {entry: 0x1ffff, entry + 1: 0xff00_0000}

    def mask_bit(self, shape: Shape, line: int) -> tuple[int, int, int]:
        return self.entries + 2 * (line - shape.first), 0x10000, 0x10000

    def fields(self, shape: Shape, line: int, number: int, target: int,
               trigger: int) -> list[Field]:
        entry = self.entries + 2 * (line - shape.first)
        return [Field("the vector (bits 0-7)", entry, 0xff, number),
                Field("fixed delivery (bits 8-10)", entry, 0x700, 0),
                Field("a physical destination (bit 11)", entry, 0x800, 0),
                Field("the polarity, 1 for low and falling (bit 13)", entry, 0x2000,
                      0x2000 * (trigger in (FALLING, LOW))),
                Field("the trigger, 1 for levels (bit 15)", entry, 0x8000,
                      0x8000 * (trigger in (HIGH, LOW))),
                Field("the target (bits 24-31 of the upper word)", entry + 1, 0xff00_0000,
                      target << 24)]

    def numbers(self, random: Random, line: int) -> list[int]:
        return [32, 255, 33, 254, random.randrange(32, 256)]

    def targets(self, random: Random) -> list[int]:
        return [0, 255, 1, 128, random.randrange(256)]


class Gic(Chip):
    """Arm's GICv3 distributor: arrays of 1, 2, 8 and 64 bits a line."""

    name = "GICv3 distributor"
    kind = 1
    triggers = (RISING, HIGH)
    shapes = (Shape(32, 256), Shape(32, 32), Shape(32, 988), Shape(32, 64))
    group, enable, pending, active, priority = 0x80, 0x100, 0x200, 0x300, 0x400
    configuration, route, end = 0xc00, 0x6000, 0x10000
    configured = 0xaaaa_aaaa

    def target_of(self, offset: int) -> int | None:
        return offset if offset % 4 == 0 and offset < self.end else None

    def write(self, registers: Registers, offset: int, value: int) -> dict[int, int]:
        if self.enable <= offset < self.priority:
            held = registers[offset & ~0x80]
            return {offset & ~0x80: held & ~value if offset & 0x80 else held | value}
        if self.configuration <= offset < self.configuration + 0x100:
            # The lower bit of each pair is reserved, and always 0.
            return {offset: registers[offset] & ~self.configured | value & self.configured}
        return {offset: value}

    def own(self, shape: Shape, line: int) -> dict[int, int]:
        word, bit = line // 32 * 4, 1 << line % 32
        return {self.group + word: bit, self.enable + word: bit, self.pending + word: bit,
                self.active + word: bit, self.priority + line // 4 * 4: 0xff << line % 4 * 8,
                self.configuration + line // 16 * 4: 2 << line % 16 * 2,
                self.route + 8 * line: WORD, self.route + 8 * line + 4: WORD}

    def mask_bit(self, shape: Shape, line: int) -> tuple[int, int, int]:
        return self.enable + line // 32 * 4, 1 << line % 32, 0

    def fields(self, shape: Shape, line: int, number: int, target: int,
               trigger: int) -> list[Field]:
        bit, byte, pair = line % 32, line % 4 * 8, line % 16 * 2
        return [Field(f"group 1 (bit {bit})", self.group + line // 32 * 4, 1 << bit, 1 << bit),
                Field(f"priority 0xa0 (bits {byte}-{byte + 7})", self.priority + line // 4 * 4,
                      0xff << byte, 0xa0 << byte),
                Field(f"the trigger, 1 for edges (bit {pair + 1})",
                      self.configuration + line // 16 * 4, 2 << pair,
                      (2 << pair) * (trigger == RISING)),
                Field("Aff0 to Aff2 of the target, and bit 31 clear: to that processor only",
                      self.route + 8 * line, 0x80ff_ffff, target & 0xff_ffff),
                Field("Aff3 of the target", self.route + 8 * line + 4, 0xff, target >> 32)]

    def targets(self, random: Random) -> list[int]:
        return [0, 0xff_00ff_ffff, 1, 0xff_0000_0000, 0x0000_0100, random.randrange(1 << 24),
                random.randrange(1 << 24) | random.randrange(256) << 32]


class Plic(Chip):
    """The RISC-V PLIC: a word of priority a source, and bits that enable it for each context."""

    name = "PLIC"
    kind = 2
    triggers = (HIGH,)
    shapes = (Shape(1, 96, 1), Shape(1, 1023, 0), Shape(1, 31, 7), Shape(1, 1023, 15871),
              Shape(1, 64, 3))
    enables, enable_bytes, pending, pending_end = 0x2000, 0x80, 0x1000, 0x1080
    end = 0x400_0000

    def target_of(self, offset: int) -> int | None:
        return offset if offset % 4 == 0 and offset < self.end else None

    def write(self, registers: Registers, offset: int, value: int) -> dict[int, int]:
        return {} if self.pending <= offset < self.pending_end else {offset: value}

    def own(self, shape: Shape, line: int) -> dict[int, int]:
        register, bit, _ = self.mask_bit(shape, line)
        return {4 * line: WORD, register: bit}

    def mask_bit(self, shape: Shape, line: int) -> tuple[int, int, int]:
        register = self.enables + self.enable_bytes * shape.context + line // 32 * 4
        return register, 1 << line % 32, 0

    def fields(self, shape: Shape, line: int, number: int, target: int,
               trigger: int) -> list[Field]:
        return [Field("priority 1", 4 * line, WORD, 1)]

    def targets(self, random: Random) -> list[int]:
        return [0, 1, (1 << 64) - 1, random.randrange(1 << 64)]


CHIPS: dict[str, Chip] = {"x86_64": IoApic(), "aarch64": Gic(), "riscv64": Plic()}
