"""The model of kernel/boot/boot.h's command_line_find()."""

from __future__ import annotations

from dataclasses import dataclass

from cairn.requests import Request, hexbytes, request

from .teaching import count_of, quoted


def words_of(line: bytes) -> list[bytes]:
    """The words of a command line, without their quotes."""
    words: list[bytes] = []
    word = b""
    begun = quoted_now = False
    for byte in (line[i:i + 1] for i in range(len(line))):
        if byte == b" " and not quoted_now:
            if begun:
                words.append(word)
            word, begun = b"", False
        elif byte == b'"':
            quoted_now, begun = not quoted_now, True
        else:
            word, begun = word + byte, True
    return words + [word] if begun else words


def find(line: bytes, key: bytes) -> bytes | None:
    """The value of the last word with this key, or None."""
    found = None
    for word in words_of(line.partition(b"\0")[0]):
        name, _, value = word.partition(b"=")
        if name == key:
            found = value
    return found


@dataclass(frozen=True)
class Question:
    """A search on a command line, with room for the value."""

    line: bytes
    key: bytes
    size: int = 256

    def request(self) -> Request:
        return request("command_line.find", hexbytes(self.line), hexbytes(self.key), self.size,
                       budget_ms=5).titled(str(self))

    def expected(self) -> bytes | None:
        return find(self.line, self.key)

    def __str__(self) -> str:
        return (f"find {quoted(self.key)} on the line {quoted(self.line, 300)}, "
                f"with {count_of(self.size, 'byte')} of room")


def in_words(value: bytes | None, room: int) -> str:
    """An answer as a message gives it."""
    if value is None:
        return "ERROR_NOT_FOUND"
    if len(value) >= room:
        return f"ERROR_NO_SPACE: {quoted(value)} and its end need {len(value) + 1} bytes"
    return f"{quoted(value)}, length {len(value)}"
