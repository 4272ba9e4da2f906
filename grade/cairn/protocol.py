"""The records that a kernel under test sends, and what is wrong with those that it should not have.

`docs/protocol.md` describes the format. A record counts once, and only with this boot's nonce, the
next sequence number and the right checksum. Everything else on the port is noted and never counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cairn.siphash import siphash24

PREFIX = b"@cairn "
RECORD_MAX = 1 << 20
FAULTS_MAX = 20

Value = int | bytes | list[int]


@dataclass(frozen=True)
class Secret:
    """What binds records to one boot."""

    nonce: int
    key: bytes


@dataclass(frozen=True)
class Record:
    """One record that counts."""

    sequence: int
    kind: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Todo:
    """An exercise that the kernel found not to be done."""

    exercise: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"exercise {self.exercise} is not implemented ({self.file}:{self.line})"


@dataclass(frozen=True)
class Panic:
    """How the kernel says that it gave up."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return self.reason if self.file == "-" else f"{self.reason} ({self.file}:{self.line})"


@dataclass
class Reply:
    """What came of one request."""

    id: int
    status: int = 0
    instructions: int = 0
    fact_list: list[tuple[str, Value]] = field(default_factory=list)
    ended: bool = False

    @property
    def facts(self) -> dict[str, Value]:
        """The facts by name; of a repeated name, the last."""
        return dict(self.fact_list)

    def all(self, name: str) -> list[Value]:
        """The values of every fact called `name`, in order."""
        return [value for key, value in self.fact_list if key == name]


def show(data: bytes, limit: int = 100) -> str:
    """Bytes from a guest, safe to print: control characters escaped, cut to `limit` characters."""
    text = data[:limit].decode("ascii", "backslashreplace").encode("unicode_escape").decode("ascii")
    return text if len(data) <= limit and len(text) <= limit else text[:limit] + "…"


def printable(text: str) -> str:
    """Text without the control characters that XML refuses and terminals obey."""
    return "".join(c if c == "\n" or c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def parse_value(word: str) -> Value:
    """A fact's value: a number, bytes after `x`, or a list of numbers."""
    if word == ".":
        return []
    if "," in word:
        return [int(part, 0) for part in word.removesuffix(",").split(",")]
    if word.startswith("x"):
        return bytes.fromhex(word[1:])
    return int(word, 0)


class Transcript:
    """Takes the bytes of the protocol port as they come and keeps what counts."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret
        self._rest = b""
        self._expected = 0
        self.records: list[Record] = []
        self.faults: list[str] = []
        self.fault_count = 0
        self.hello: tuple[str, ...] | None = None
        self.replies: list[Reply] = []
        self.todos: list[Todo] = []
        self.panic: Panic | None = None
        self.bye = False

    def feed(self, data: bytes) -> None:
        """Takes more bytes."""
        *lines, rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._line(line.removesuffix(b"\r"))
        if len(rest) > RECORD_MAX:
            self._fault(f"a line without end: {show(rest)}")
            rest = b""
        self._rest = rest

    @property
    def unfinished(self) -> bytes:
        """The start of a line whose end has not come."""
        return self._rest

    def _fault(self, text: str) -> None:
        self.fault_count += 1
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(text)

    def _line(self, line: bytes) -> None:
        if line.endswith(b" !"):
            return  # Given up by the kernel, in a panic.
        problem, record = self._check(line)
        if record is None:
            self._fault(f"{problem}: {show(line)}")
            return
        try:
            self._accept(record)
        except (ValueError, IndexError) as error:
            self._fault(f"a record that makes no sense ({error}): {show(line)}")
            return
        self.records.append(record)

    def _check(self, line: bytes) -> tuple[str, Record | None]:
        """Either what is wrong with a line, or the record in it."""
        if not line.startswith(PREFIX):
            return "bytes that are no record", None
        body, _, mac = line.rpartition(b" ")
        if not re.fullmatch(rb"[0-9a-f]{16}", mac):
            return "a record without a checksum", None
        words = body.decode("ascii", "replace").split(" ")
        if len(words) < 4 or not words[2].isascii() or not words[2].isdigit():
            return "a record without a number or a kind", None
        if words[1] != f"{self._secret.nonce:016x}":
            return "a record with another boot's nonce", None
        if int(mac, 16) != siphash24(self._secret.key, body + b" "):
            return "a record with a wrong checksum", None
        if len(words[2]) > 20 or int(words[2]) != self._expected:
            return f"a record out of order (number {self._expected} comes next)", None
        self._expected += 1
        return "", Record(int(words[2]), words[3], tuple(words[4:]))

    def _accept(self, record: Record) -> None:
        fields = record.fields
        if self.bye:
            raise ValueError("after the last one")
        if record.kind == "hello":
            if self.hello is not None or fields[0] != "1":
                raise ValueError("a second greeting, or one of another version")
            self.hello = fields
        elif record.kind == "begin":
            self._begin(int(fields[0]))
        elif record.kind == "fact":
            self._open(int(fields[0])).fact_list.append((fields[1], parse_value(fields[2])))
        elif record.kind == "end":
            reply = self._open(int(fields[0]))
            reply.status, reply.instructions, reply.ended = int(fields[1]), int(fields[2]), True
        elif record.kind == "todo":
            self.todos.append(Todo(fields[0], fields[1], int(fields[2])))
        elif record.kind == "panic":
            reason = bytes.fromhex(fields[2]).decode("utf-8", "replace")
            self.panic = Panic(fields[0], int(fields[1]), reason)
        elif record.kind == "bye":
            self.bye = True
        else:
            raise ValueError(f"unknown kind {record.kind!r}")

    def _begin(self, number: int) -> None:
        if number != len(self.replies) or (self.replies and not self.replies[-1].ended):
            raise ValueError("requests are served in order, one at a time")
        self.replies.append(Reply(number))

    def _open(self, number: int) -> Reply:
        if not self.replies or self.replies[-1].ended or self.replies[-1].id != number:
            raise ValueError(f"request {number} is not being served")
        return self.replies[-1]
