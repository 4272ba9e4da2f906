"""How C writes numbers: the model of kernel/format/format.h's format_number()."""

from __future__ import annotations

from dataclasses import dataclass

from cairn.requests import Request, request

from .teaching import count_of

LEFT, ZERO, PLUS, SPACE, ALTERNATE, UPPER, SIGNED = (1 << bit for bit in range(7))
FLAG_NAMES = {LEFT: "left", ZERO: "zero", PLUS: "plus", SPACE: "space", ALTERNATE: "alternate",
              UPPER: "upper", SIGNED: "is_signed"}

LARGEST = (1 << 64) - 1


@dataclass(frozen=True)
class Number:
    """A number and how it is to be written."""

    magnitude: int
    base: int = 10
    flags: int = 0
    width: int = 0
    precision: int = -1
    negative: bool = False
    size: int = 1024

    def request(self) -> Request:
        return request("format.number", self.flags, self.base, self.width, self.precision + 1,
                       self.magnitude, int(self.negative), self.size, budget_ms=5).titled(str(self))

    def __str__(self) -> str:
        flags = ", ".join(name for bit, name in FLAG_NAMES.items() if self.flags & bit)
        value = f"{'-' if self.negative else ''}{self.magnitude}"
        width = f"width {self.width}" if self.width else "no width"
        precision = f"precision {self.precision}" if self.precision >= 0 else "no precision"
        return (f"write {value} (0x{self.magnitude:x}) in base {self.base}, "
                f"{flags or 'no flags'}, {width}, {precision}, "
                f"into a sink of {count_of(self.size, 'byte')}")


def digits_of(number: Number) -> str:
    digits = {8: "o", 10: "d", 16: "X" if number.flags & UPPER else "x"}[number.base]
    return format(number.magnitude, digits)


def expected(number: Number) -> bytes:
    """The whole text, however small the sink."""
    flags = number.flags
    digits = "" if number.magnitude == 0 and number.precision == 0 else digits_of(number)
    digits = digits.rjust(number.precision, "0") if number.precision > 0 else digits
    prefix = ""
    if flags & ALTERNATE and number.base == 8 and not digits.startswith("0"):
        digits = "0" + digits
    if flags & ALTERNATE and number.base == 16 and number.magnitude != 0:
        prefix = "0X" if flags & UPPER else "0x"
    sign = ""
    if flags & SIGNED:
        sign = "-" if number.negative else "+" if flags & PLUS else " " if flags & SPACE else ""
    room = number.width - len(sign) - len(prefix)
    if flags & ZERO and not flags & LEFT and number.precision < 0:
        digits = digits.rjust(room, "0")
    text = sign + prefix + digits
    return (text.ljust(number.width) if flags & LEFT else text.rjust(number.width)).encode()
