"""Memory map, command line, formatted text, numbers in text: against models and the C library."""

from __future__ import annotations

import random
import struct
from typing import Any

import pytest

from host.tests.broken import SEED
from host.tests.host_tables import NO_SPACE, NOT_FOUND, OK, Tables
from labs.lab01_boot.command_line_model import find
from labs.lab01_boot.memory_map_model import Range, normalise

TOP = (1 << 64) - 1
RANGES_MAX = 128


def normalised(tables: Tables, told: list[Range]) -> None:
    """Compares what the kernel makes of a map with the model."""
    blob = b"".join(struct.pack("<QQQ", *entry) for entry in told)
    answer = tables.ask("normalise", blob)
    expected = normalise(told)
    if len(expected) > RANGES_MAX:
        assert answer["result"] == NO_SPACE
        return
    assert answer["result"] == OK
    assert [Range(*entry) for entry in answer["ranges"]] == expected


def edge(rng: random.Random) -> int:
    """A number near a place where mistakes are made."""
    near = rng.choice([0, 0x1000, 0x9F000, 1 << 20, 1 << 32, 1 << 63, TOP - 0x2000, TOP])
    return max(0, min(TOP, near + rng.choice([-0x1001, -0x1000, -1, 0, 1, 0xFFF, 0x1000, 0x12345])))


def test_memory_maps(tables: Tables) -> None:
    """Given random maps with overlaps, holes, odd ends and wraps, each is put in order."""
    rng = random.Random(f"memory {SEED}")
    normalised(tables, [])
    for _ in range(1500):
        count = rng.choice([1, 2, 3, 5, 10, 128])
        normalised(tables, [Range(edge(rng), edge(rng), rng.randrange(7)) for _ in range(count)])
    for _ in range(300):
        pages = [(rng.randrange(300) << 12, rng.randrange(20) << 12) for _ in range(128)]
        normalised(tables, [Range(base, size, rng.randrange(7)) for base, size in pages])


def test_memory_map_that_becomes_too_long(tables: Tables) -> None:
    """Given ranges that split each other into more than there is room for, the map is refused."""
    told = [Range(0, 1 << 40, 0)] + [Range(i << 20, 1 << 12, 5) for i in range(1, 127)]
    normalised(tables, told)


def found(tables: Tables, line: bytes, key: str, size: int) -> None:
    """Compares what the kernel finds on a line with the model."""
    answer = tables.ask("option", line, key, size)
    expected = find(line, key.encode())
    if expected is None:
        assert answer["result"] == NOT_FOUND, (line, key)
    elif len(expected) >= size:
        assert answer["result"] == NO_SPACE, (line, key)
    else:
        assert answer["result"] == len(expected), (line, key)
        assert answer["value"].encode("latin-1") == expected, (line, key)


def test_command_lines(tables: Tables) -> None:
    """Given random lines of words, quotes and signs, the value found is the model's."""
    rng = random.Random(f"line {SEED}")
    pieces = [b" ", b"  ", b"=", b'"', b"a", b"ab", b"log", b"x", b"1", b"\xff", b"log=", b"log "]
    for _ in range(4000):
        line = b"".join(rng.choice(pieces) for _ in range(rng.randint(0, 14)))
        found(tables, line, rng.choice(["log", "a", "ab", "x"]), rng.choice([1, 2, 3, 64]))


FLAGS = ["", "-", "0", "+", " ", "#", "-0", "+0", "#0", "-#", "+-# 0", " +"]
WIDTHS = ["", "1", "5", "20", "64"]
PRECISIONS = ["", ".", ".0", ".1", ".8", ".30"]
VALUES = [0, 1, 7, 8, 9, 10, 255, 256, 0x7F, 0x80, 0x7FFF, 0x8000, 0x7FFFFFFF, 0x80000000]
VALUES += [0xFFFFFFFF, 1 << 32, 1 << 63, (1 << 63) - 1, TOP, 0o777, 0xDEADBEEF]


def formatted(answer: dict[str, Any], size: int, what: object) -> None:
    """Compares the kernel's text with the C library's, cut to the buffer."""
    assert answer["length"] == answer["expected_length"], what
    assert answer["text"] == answer["expected"][: max(0, size - 1)], what


@pytest.mark.parametrize("length", ["hh", "h", "", "l", "ll", "z", "j", "t"])
def test_numbers(tables: Tables, length: str) -> None:
    """Given every flag, width, precision and conversion, the text is the C library's."""
    rng = random.Random(f"format {length} {SEED}")
    kind = "long" if length in ("l", "ll", "z", "j", "t") else "int"
    for flags in FLAGS:
        for width in WIDTHS:
            for precision in PRECISIONS:
                for conversion in "diuxXo":
                    spec = f"<%{flags}{width}{precision}{length}{conversion}>"
                    value = rng.choice(VALUES + [rng.getrandbits(rng.randint(1, 64))])
                    value &= TOP if kind == "long" else 0xFFFFFFFF
                    size = rng.choice([0, 1, 2, 10, 200, 200])
                    answer = tables.ask("format", spec.encode(), kind, size, value)
                    formatted(answer, size, (spec, value, size))


def test_counts_from_arguments(tables: Tables) -> None:
    """Given `*` for width and precision, negative too, the text is the C library's."""
    for width in (-30, -1, 0, 1, 30):
        for precision in (-5, -1, 0, 1, 25):
            for spec in (b"%*.*lx", b"%0*.*ld", b"%-*.*lu", b"%#*.*lo"):
                for value in (0, 12345, TOP):
                    words = [width & TOP, precision & TOP, value]
                    answer = tables.ask("format", spec, "star", 300, *words)
                    formatted(answer, 300, (spec, width, precision, value))


@pytest.mark.parametrize("spec", ["%s", "%.0s", "%.3s", "%10s", "%-10s|", "%10.2s", "a%sb%%c"])
def test_text(tables: Tables, spec: str) -> None:
    """Given strings, padded and cut, the text is the C library's."""
    for value in ("", "a", "word", "x" * 150):
        for size in (0, 1, 4, 200):
            formatted(tables.ask("format", spec.encode(), "text", size, value), size, (spec, value))


@pytest.mark.parametrize("spec", ["%c", "%3c|", "%-3c|"])
def test_bytes(tables: Tables, spec: str) -> None:
    """Given single bytes, the text is the C library's."""
    for value in (ord("a"), ord("%"), ord(" ")):
        formatted(tables.ask("format", spec.encode(), "int", 64, value), 64, (spec, value))


@pytest.mark.parametrize("spec", ["", "plain", "%%", "100%%", "x" * 300])
def test_no_conversion(tables: Tables, spec: str) -> None:
    """Given no conversion, the text stays as it is."""
    formatted(tables.ask("format", spec.encode(), "none", 200), 200, spec)


@pytest.mark.parametrize(
    "spec, value, text",
    [
        ("%p", 0, "0000000000000000"),  # `#` has no prefix for a zero
        ("%p", 0x1234, "0x0000000000001234"),
        ("<%pS>", 0x1000, "<known+0x0>"),
        ("<%pS>", 0x1FFF, "<known+0xfff>"),
        ("%pS!", 0x2000, "0x0000000000002000!"),
        ("%pS", TOP, "0xffffffffffffffff"),
    ],
)
def test_pointers(tables: Tables, spec: str, value: int, text: str) -> None:
    """Given an address, all its digits are shown, or the symbol that it lies in."""
    answer = tables.ask("format", spec.encode(), "pointer", 200, value)
    assert answer["text"] == text
    assert answer["length"] == len(text)


@pytest.mark.parametrize("spec", ["%", "%q and more", "%-", "%10", "%ll", "%.", "a %y b %d"])
def test_unknown_conversions_end_the_formatting(tables: Tables, spec: str) -> None:
    """Given a conversion that is not known, it and what follows are printed as they stand."""
    answer = tables.ask("format", spec.encode(), "unknown", 200)
    assert answer["text"] == spec
    assert answer["length"] == len(spec)


@pytest.mark.parametrize(
    "text, value",
    [
        (b"0", 0),
        (b"18446744073709551615", TOP),
        (b"18446744073709551616", None),
        (b"0xffffffffffffffff", TOP),
        (b"0x10000000000000000", None),
        (b"0XaBc", 0xABC),
        (b"007", 7),
        (b"", None),
        (b"0x", None),
        (b"-1", None),
        (b"+1", None),
        (b" 1", None),
        (b"1 ", None),
        (b"12a", None),
        (b"0xg", None),
        (b"99999999999999999999999999", None),
    ],
)
def test_numbers_in_text(tables: Tables, text: bytes, value: int | None) -> None:
    """Given text, it is a number only as a whole and below 2^64."""
    answer = tables.ask("string-number", text)
    assert answer["good"] == (value is not None)
    if value is not None:
        assert answer["value"] == value
