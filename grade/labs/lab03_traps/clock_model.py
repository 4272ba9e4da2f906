"""The model of kernel/clock/clock.h's scale: exact, in Python's integers."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack, unpack
from typing import NamedTuple

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.facts import data
from labs.lab01_boot.teaching import differs

NANOSECONDS = 10**9
FREQUENCY_MAX = 1 << 34
U64_MAX = (1 << 64) - 1
MULTIPLIER_LIMIT = 1 << 63
SHIFT_MAX = 63
# kernel/probe/probe_clock.c, and what a line of the protocol holds
NUMBERS_MAX = 480


class Scale(NamedTuple):
    """How ticks become nanoseconds and back."""

    frequency: int
    multiplier: int
    shift: int

    @classmethod
    def of(cls, frequency: int) -> Scale:
        """The one that the contract describes."""
        shift = max(shift for shift in range(SHIFT_MAX + 1)
                    if (NANOSECONDS << shift) // frequency < MULTIPLIER_LIMIT)
        return cls(frequency, (NANOSECONDS << shift) // frequency, shift)

    def nanoseconds(self, ticks: int) -> int:
        """Of a number of ticks."""
        return min(ticks * self.multiplier >> self.shift, U64_MAX)

    def ticks(self, nanoseconds: int) -> int:
        """The least number of ticks that makes so many nanoseconds or more."""
        return min(-(-(nanoseconds << self.shift) // self.multiplier), U64_MAX)

    def last_nanosecond(self) -> int:
        """The highest one that a number of ticks can reach."""
        return self.nanoseconds(U64_MAX)

    def __str__(self) -> str:
        return (f"{self.frequency} Hz, multiplier {self.multiplier:#x}, shift {self.shift}")


def packed(numbers: Sequence[int]) -> str:
    """64-bit numbers as a word of a request."""
    assert len(numbers) <= NUMBERS_MAX, "too many numbers for a request"
    return hexbytes(pack(f"<{len(numbers)}Q", *numbers))


def unpacked(reply: Reply, name: str) -> tuple[int, ...]:
    """A fact that is 64-bit numbers."""
    came = data(reply, name)
    return unpack(f"<{len(came) // 8}Q", came)


def make_request(frequencies: Sequence[int]) -> Request:
    """Asks for the scales of frequencies."""
    # Plain long division, digit by digit for each shift, is a right way too.
    return request("clock.make", packed(frequencies), budget_ms=500).titled(
        f"make the scales of {len(frequencies)} frequencies")


def judge_scales(frequencies: Sequence[int], reply: Reply) -> None:
    """Every scale is what the contract says."""
    came = unpacked(reply, "scales")
    for index, frequency in enumerate(frequencies):
        wanted, scale = Scale.of(frequency), Scale(*came[3 * index:3 * index + 3])
        if scale != wanted:
            differs(f"clock_scale_make({frequency})", str(wanted), str(scale), advice(scale))


def advice(scale: Scale) -> str:
    """What is wrong with a scale, as far as one can tell."""
    if scale.multiplier >= MULTIPLIER_LIMIT:
        return "a multiplier has 63 binary digits at most"
    if scale.shift > SHIFT_MAX or scale.frequency == 0:
        return ""
    exact = (NANOSECONDS << scale.shift) // scale.frequency
    if scale.multiplier == exact:
        return "the multiplier fits its shift, but a larger shift is possible"
    return f"with a shift of {scale.shift}, 2^shift * 10^9 / frequency is {exact:#x}, rounded down"


class Conversion(NamedTuple):
    """Numbers to convert with a scale, in one of the two directions."""

    scale: Scale
    backwards: bool  # from nanoseconds to ticks
    numbers: Sequence[int]

    def request(self, budget_ms: int) -> Request:
        """Asks the kernel for it."""
        probe = "clock.ticks" if self.backwards else "clock.nanoseconds"
        title = f"convert {len(self.numbers)} numbers with {self.scale}"
        return request(probe, *self.scale, packed(self.numbers), budget_ms=budget_ms).titled(title)

    def judge(self, reply: Reply) -> None:
        """Every number comes out exactly."""
        for number, value in zip(self.numbers, unpacked(reply, "values"), strict=True):
            if self.backwards:
                self._judge_ticks(number, value)
            elif value != self.scale.nanoseconds(number):
                differs(f"clock_nanoseconds({number:#x}) with {self.scale}",
                        f"{self.scale.nanoseconds(number):#x}", f"{value:#x}",
                        "" if number * self.scale.multiplier >> self.scale.shift <= U64_MAX else
                        "the nanoseconds are 2^64 or more, which is told as UINT64_MAX")

    def _judge_ticks(self, nanoseconds: int, ticks: int) -> None:
        wanted = self.scale.ticks(nanoseconds)
        if ticks == wanted:
            return
        if self.scale.last_nanosecond() < nanoseconds:
            note = f"the last nanosecond that can be reached is {self.scale.last_nanosecond():#x}"
        elif ticks < wanted:
            note = f"they make {self.scale.nanoseconds(ticks):#x} ns: a timer rings too early"
        else:
            note = f"{wanted:#x} ticks make {self.scale.nanoseconds(wanted):#x} ns already"
        differs(f"clock_ticks({nanoseconds:#x}) with {self.scale}", f"{wanted:#x}", f"{ticks:#x}",
                note)
