"""The symbol file: opened, searched, and damaged."""

from __future__ import annotations

import random
import struct
from bisect import bisect_right

import pytest

from host.tests.broken import SEED, mutations, truncations
from host.tests.host_tables import CORRUPT, NOT_FOUND, OK, Tables

BASE = 0xFFFFFFFF80000000
MAGIC = 0x4D595343

# start, size, name; start, file, line
SYMBOLS = [(0, 0x20, "start"), (0x20, 0x10, "memory_copy"), (0x40, 4, "panic_at")]
LINES = [(0, "entry.c", 1), (0x10, "entry.c", 7), (0x30, "", 0), (0x40, "panic.c", 99)]
LIMIT = 0x50

Symbol = tuple[int, int, str]
Line = tuple[int, str, int]


def symbol_file(
    symbols: list[Symbol], lines: list[Line], limit: int = LIMIT, **fields: int
) -> bytes:
    """The file that kernel/symbols/symbols.h describes; fields of its header may be wrong."""
    offsets = {"": 0}
    strings = b"\0"
    for text in [name for _, _, name in symbols] + [name for _, name, _ in lines]:
        if text not in offsets:
            offsets[text] = len(strings)
            strings += text.encode() + b"\0"
    header = {
        "magic": MAGIC,
        "version": 1,
        "base": BASE,
        "limit": limit,
        "symbol_count": len(symbols),
        "line_count": len(lines),
        "string_bytes": len(strings),
    }
    assert not fields.keys() - header.keys()
    header.update(fields)
    words = [word for start, size, name in symbols for word in (start, size, offsets[name])]
    words += [word for start, name, line in lines for word in (start, offsets[name], line)]
    body = struct.pack(f"<{len(words)}I", *words)
    return struct.pack("<IIQIIII", *header.values()) + body + strings


def located(symbols: list[Symbol], lines: list[Line], limit: int, address: int) -> list[object]:
    """What must be found for an address: result, name, offset, file, line."""
    name, offset, file, line = "", 0, "", 0
    at = address - BASE
    if 0 <= at < limit:
        index = bisect_right(symbols, at, key=lambda symbol: symbol[0]) - 1
        if index >= 0 and at - symbols[index][0] < symbols[index][1]:
            name, offset = symbols[index][2], at - symbols[index][0]
        index = bisect_right(lines, at, key=lambda entry: entry[0]) - 1
        if index >= 0 and lines[index][2] != 0:
            file, line = lines[index][1], lines[index][2]
    return [OK if name or file else NOT_FOUND, name, offset, file, line]


def test_every_address(tables: Tables) -> None:
    """Given a small file, every address in and around it is named rightly."""
    addresses = list(range(BASE - 2, BASE + LIMIT + 3)) + [0, (1 << 64) - 1]
    blob = symbol_file(SYMBOLS, LINES)
    for first in range(0, len(addresses), 32):
        some = addresses[first : first + 32]
        answer = tables.ask("symbols", blob, *some)
        assert answer["result"] == OK
        assert answer["locations"] == [located(SYMBOLS, LINES, LIMIT, a) for a in some]


@pytest.mark.parametrize(
    "symbols, lines", [([], []), ([], LINES), (SYMBOLS, []), (SYMBOLS[:1], [])]
)
def test_empty_tables(tables: Tables, symbols: list[Symbol], lines: list[Line]) -> None:
    """Given no symbols or no lines, the other is still told."""
    addresses = [BASE, BASE + 0x1F, BASE + 0x20, BASE + LIMIT - 1]
    answer = tables.ask("symbols", symbol_file(symbols, lines), *addresses)
    assert answer["locations"] == [located(symbols, lines, LIMIT, a) for a in addresses]


def test_large_random_tables(tables: Tables) -> None:
    """Given large tables, addresses around the entries are named rightly."""
    rng = random.Random(f"symbols {SEED}")
    for _ in range(20):
        limit = rng.randint(1 << 12, 1 << 20)
        starts = sorted(rng.sample(range(limit), rng.randint(1, 2000)))
        symbols = [
            (start, rng.randint(0, following - start), f"function_{start:x}")
            for start, following in zip(starts, starts[1:] + [limit])
        ]
        starts = sorted(rng.sample(range(limit), rng.randint(1, 2000)))
        lines = [(start, f"file{start % 7}.c", rng.randint(0, 3)) for start in starts]
        edges = [entry[0] + step for entry in symbols + lines for step in (-1, 0, 1)]
        addresses = [BASE + rng.choice(edges) for _ in range(60)]
        answer = tables.ask("symbols", symbol_file(symbols, lines, limit), *addresses)
        assert answer["result"] == OK
        assert answer["locations"] == [located(symbols, lines, limit, a) for a in addresses]


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        bytes(31),
        bytes(64),
        symbol_file(SYMBOLS, LINES, magic=MAGIC + 1),
        symbol_file(SYMBOLS, LINES, version=2),
        symbol_file(SYMBOLS, LINES, symbol_count=0xFFFFFFFF),
        symbol_file(SYMBOLS, LINES, line_count=0xFFFFFFFF),
        symbol_file(SYMBOLS, LINES, line_count=0x15555556),
        symbol_file(SYMBOLS, LINES, string_bytes=0xFFFFFFFF),
        symbol_file(SYMBOLS, LINES, string_bytes=0),
        symbol_file(SYMBOLS, LINES, string_bytes=10),
        symbol_file(SYMBOLS, LINES, limit=0x40),
        symbol_file([SYMBOLS[1], SYMBOLS[0]], LINES),
        symbol_file([SYMBOLS[0], SYMBOLS[0]], LINES),
        symbol_file(SYMBOLS, [LINES[1], LINES[0]]),
        symbol_file(SYMBOLS, LINES)[:-1],
    ],
)
def test_bad_files(tables: Tables, blob: bytes) -> None:
    """Given a file with a wrong count, offset or order, it is refused."""
    assert tables.ask("symbols", blob, BASE)["result"] == CORRUPT


@pytest.mark.parametrize("beyond", [0, 1, 0x7FFFFFFF])
@pytest.mark.parametrize("at", [32 + 8, 32 + 12 * len(SYMBOLS) + 4])
def test_name_outside_the_strings(tables: Tables, at: int, beyond: int) -> None:
    """Given an entry whose name lies outside the strings, the file is refused."""
    blob = bytearray(symbol_file(SYMBOLS, LINES))
    string_bytes = struct.unpack_from("<I", blob, 28)[0]
    struct.pack_into("<I", blob, at, string_bytes + beyond)
    assert tables.ask("symbols", bytes(blob), BASE)["result"] == CORRUPT


def test_cut_at_every_length(tables: Tables) -> None:
    """Given a file cut anywhere, it is refused."""
    for cut in truncations(symbol_file(SYMBOLS, LINES)):
        assert tables.ask("symbols", cut, BASE)["result"] == CORRUPT, len(cut)


def test_random_damage(tables: Tables) -> None:
    """Given random damage, nothing is read outside."""
    addresses = [BASE, BASE + 1, BASE + 0x30, BASE + 0x41, BASE + LIMIT]
    for blob in mutations(symbol_file(SYMBOLS, LINES), "symbols"):
        tables.ask("symbols", blob, *addresses)
