"""Exercise 1.2: writing a number."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

from cairn.lab import Lab

from .facts import data, number as number_of
from .format_model import (ALTERNATE, FLAG_NAMES, LARGEST, LEFT, PLUS, SIGNED, SPACE, UPPER, ZERO,
                           Number, expected)
from .teaching import count_of, differs, quoted

BASES = (8, 10, 16)
# Values around which digits are gained and lost.
EDGES = [0, 1, 7, 8, 9, 10, 15, 16, 99, 100, 255, 256, 10**9, 10**10,
         (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, (1 << 63) - 1, 1 << 63, 10**19,
         LARGEST - 1, LARGEST]


def any_magnitude(random: Random) -> int:
    """Small and large numbers, equally often by length."""
    return random.getrandbits(random.randint(1, 64))


def check(lab: Lab, numbers: list[Number]) -> None:
    """Every number comes out as C writes it, and nothing outside the sink changes."""
    run = lab.run([number.request() for number in numbers])
    for number, reply in zip(numbers, run.replies):
        whole = expected(number)
        kept = whole[:max(number.size - 1, 0)]
        text, length = data(reply, "text"), number_of(reply, "length")
        if (text, length) != (kept, len(whole)):
            differs(str(number), f"{quoted(kept)} ({count_of(len(whole), 'byte')} sent)",
                    f"{quoted(text)} ({count_of(length, 'byte')} sent)")
        overruns = number_of(reply, "overruns")
        if overruns:
            differs(str(number), "no byte outside the sink's buffer changed",
                    f"{overruns} of them changed", "format_put() keeps the bounds")


def test_writes_digits_in_every_base(lab: Lab) -> None:
    """Given no flags at all, then the digits, in lower and upper case."""
    values = EDGES + [any_magnitude(lab.random) for _ in range(10)]
    numbers = [Number(value, base) for value in values for base in BASES]
    numbers += [Number(value, 16, UPPER) for value in values]
    check(lab, numbers)


def test_writes_the_sign(lab: Lab) -> None:
    """Given signed and unsigned conversions, then a sign only where one belongs."""
    values = [(0, False), (1, False), (1, True), (1 << 63, True), ((1 << 63) - 1, False)]
    values += [(any_magnitude(lab.random) >> 1 or 1, lab.random.random() < 0.5) for _ in range(3)]
    numbers = [Number(value, 10, signed | flags, negative=negative and bool(signed))
               for (value, negative), signed, flags
               in product(values, (SIGNED, 0), (0, PLUS, SPACE, PLUS | SPACE))]
    check(lab, numbers)


def test_pads_to_the_width(lab: Lab) -> None:
    """Given a width, then spaces before, spaces behind, or zeros after the sign."""
    values = [(0, False), (7, False), (42, True), (LARGEST, False)]
    widths = [1, 2, 3, 5, 19, 20, 21, 40, lab.random.randrange(41, 400)]
    numbers = [Number(value, 10, SIGNED | flags, width, negative=negative)
               for (value, negative), width, flags
               in product(values, widths, (0, LEFT, ZERO, LEFT | ZERO, ZERO | PLUS))]
    check(lab, numbers)


def test_keeps_the_precision(lab: Lab) -> None:
    """Given a precision, then that many digits at least, and zero padding has no effect."""
    values = [(0, False), (5, False), (12345, True), (LARGEST, False)]
    shapes = [(0, 0), (0, 1), (0, 8), (12, 0), (12, 4), (12, 12), (12, 20), (40, 25),
              (lab.random.randrange(60), lab.random.randrange(60))]
    numbers = [Number(value, base, SIGNED * negative | flags, width, precision, negative)
               for (value, negative), base, (width, precision), flags
               in product(values, (10, 16), shapes, (0, ZERO, LEFT))]
    check(lab, numbers)


def test_marks_octal_and_hexadecimal(lab: Lab) -> None:
    """Given the alternate form, then 0x, 0X or one 0 in front, padded zeros counted."""
    values = [0, 1, 8, 0xabc, 0o7654, LARGEST, any_magnitude(lab.random) | 1]
    shapes = [(0, -1), (0, 0), (0, 1), (0, 30), (10, -1), (30, -1), (30, 3), (4, 6)]
    numbers = [Number(value, base, ALTERNATE | flags, width, precision)
               for value, base, (width, precision), flags
               in product(values, BASES, shapes, (0, ZERO, LEFT))]
    numbers += [Number(value, 16, ALTERNATE | UPPER | ZERO, 24) for value in values]
    check(lab, numbers)


def test_stays_within_the_sink(lab: Lab) -> None:
    """Given a sink too small, then it holds the beginning, and the length is the whole text's."""
    sizes = [0, 1, 2, 3, 10, 19, 20, 21, lab.random.randrange(22, 60)]
    numbers = [Number(LARGEST), Number(1, 10, SIGNED, negative=True), Number(5, 16, ALTERNATE, 50),
               Number(5, 8, ALTERNATE | ZERO, 50), Number(77, 10, LEFT, 50, 40)]
    check(lab, [replace(number, size=size) for size in sizes for number in numbers])


def test_combines_everything(lab: Lab) -> None:
    """Given any specification, then what C's printf writes."""
    random = lab.random
    numbers = []
    for _ in range(300):
        flags = sum(flag for flag in FLAG_NAMES if random.random() < 0.4)
        magnitude = random.choice([0, any_magnitude(random)])
        numbers.append(Number(
            magnitude,
            10 if flags & SIGNED else random.choice(BASES),
            flags,
            width=random.choice([0, random.randrange(50)]),
            precision=random.choice([-1, 0, random.randrange(40)]),
            negative=bool(flags & SIGNED and magnitude and random.random() < 0.5),
            size=random.choice([1024, random.randrange(60)]),
        ))
    check(lab, numbers)
