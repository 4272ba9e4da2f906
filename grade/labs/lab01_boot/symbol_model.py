"""Symbol files, and the model of kernel/symbols/symbols.h's symbol_lookup()."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request

from .errors import NOT_FOUND, OK, name
from .facts import all_data, number, numbers, signed
from .teaching import differs

MAGIC = 0x4D595343
VERSION = 1
# A message tells so many entries before and behind the one that matters.
NEIGHBOURS = 2


class Entry(NamedTuple):
    """A function: `size` bytes of code from `start`."""

    start: int
    size: int
    name: str


class Line(NamedTuple):
    """The code from `start` to the next entry; file "" and line 0 where none is known."""

    start: int
    file: str
    line: int


class Answer(NamedTuple):
    """What is known of an address; "" where nothing is."""

    name: str
    offset: int
    file: str
    line: int

    def __str__(self) -> str:
        function = f"{self.name}+0x{self.offset:x}" if self.name else "no function"
        return f"{function}, {f'{self.file}:{self.line}' if self.file else 'no line'}"


@dataclass
class SymbolFile:
    """The tables of a kernel that isn't there."""

    base: int
    limit: int
    entries: Sequence[Entry] = ()
    lines: Sequence[Line] = ()
    _strings: bytearray = field(default_factory=lambda: bytearray(b"\0"))

    def _string(self, text: str) -> int:
        found = self._strings.find(b"\0" + text.encode() + b"\0")
        if found >= 0:
            return found + 1
        self._strings += text.encode() + b"\0"
        return len(self._strings) - len(text) - 1

    def packed(self) -> bytes:
        """The file, as kernel/symbols/symbols.h describes it."""
        self._strings = bytearray(b"\0\0")
        rows = [(e.start, e.size, self._string(e.name)) for e in self.entries]
        rows += [(e.start, self._string(e.file) if e.file else 0, e.line) for e in self.lines]
        body = b"".join(struct.pack("<III", *row) for row in rows)
        strings = bytes(self._strings) + bytes(-len(self._strings) % 4)
        header = struct.pack("<IIQIIII", MAGIC, VERSION, self.base, self.limit, len(self.entries),
                             len(self.lines), len(strings))
        return header + body + strings

    def request(self, addresses: Sequence[int]) -> Request:
        return request("symbols.lookup", hexbytes(self.packed()), *addresses,
                       budget_ms=20).titled(f"look up {len(addresses)} addresses in {self}")

    def answer(self, address: int) -> Answer:
        """What the contract says of an address."""
        offset = address - self.base
        if not 0 <= offset < self.limit:
            return Answer("", 0, "", 0)
        entry = next((e for e in self.entries if e.start <= offset < e.start + e.size), None)
        line = next((e for e in reversed(self.lines) if e.start <= offset), None)
        line = line if line and line.line else None
        return Answer(entry.name if entry else "", offset - entry.start if entry else 0,
                      line.file if line else "", line.line if line else 0)

    def near(self, address: int) -> str:
        """The tables, of which only what lies around an address is told."""
        offset = address - self.base
        functions = around([e.start for e in self.entries], offset,
                           [f"{e.name} 0x{e.start:x}+0x{e.size:x}" for e in self.entries])
        lines = around([e.start for e in self.lines], offset,
                       [f"0x{e.start:x} {f'{e.file}:{e.line}' if e.line else 'not known'}"
                        for e in self.lines])
        return (f"0x{address:x} ({offset:+#x} from the base) in base 0x{self.base:x}, "
                f"limit 0x{self.limit:x}, functions [{functions}], lines [{lines}]")

    def __str__(self) -> str:
        return (f"{len(self.entries)} functions and {len(self.lines)} lines, base 0x{self.base:x}, "
                f"limit 0x{self.limit:x}")


def around(starts: Sequence[int], offset: int, shown: Sequence[str]) -> str:
    """The entries next to an offset; dots stand for those before and behind."""
    at = bisect_right(starts, offset)
    first, end = max(at - 1 - NEIGHBOURS, 0), min(at + NEIGHBOURS, len(shown))
    return ", ".join([*(["…"] if first > 0 else []), *shown[first:end],
                      *(["…"] if end < len(shown) else [])])


def answers(reply: Reply) -> list[tuple[int, Answer]]:
    """Result and answer for each address of a reply."""
    functions, files = ([text.decode("latin-1") for text in all_data(reply, key)]
                        for key in ("name", "file"))
    rows = zip(map(signed, numbers(reply, "results")), functions, numbers(reply, "offsets"),
               files, numbers(reply, "lines"))
    return [(result, Answer(function, offset if function else 0, file, line if file else 0))
            for result, function, offset, file, line in rows]


def judge(asked: str, expected: Answer, result: int, came: Answer) -> None:
    """Fails the test unless the answer is the expected one."""
    wanted = OK if expected.name or expected.file else NOT_FOUND
    if result != wanted or came != expected:
        differs(asked, f"{name(wanted)}: {expected}", f"{name(result)}: {came}")


def check_pointers(asked: str, reply: Reply) -> None:
    """Names and files are NULL or strings of the table."""
    if number(reply, "strays"):
        differs(asked, "names and files that are NULL or in the table's strings",
                f"{number(reply, 'strays')} pointers that lead elsewhere or were left as they were")
