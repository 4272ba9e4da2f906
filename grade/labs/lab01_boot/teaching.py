"""Failure messages that say what was asked, what was expected and what came."""

from __future__ import annotations

from typing import NoReturn


class WrongAnswer(AssertionError):
    """The kernel's answer differs from the contract."""


def differs(asked: str, expected: str, came: str, hint: str = "") -> NoReturn:
    """Fails the test, in the words of the exercise."""
    lines = [f"asked:    {asked}", f"expected: {expected}", f"came:     {came}"]
    if hint:
        lines.append(f"note:     {hint}")
    raise WrongAnswer("\n".join(lines))


def count_of(count: int, thing: str) -> str:
    """A number of things, in words: "1 byte", "2 bytes"."""
    plural = thing + ("es" if thing.endswith("s") else "s")
    return f"{count} {thing if count == 1 else plural}"


def quoted(data: bytes, limit: int = 200) -> str:
    """Bytes as a person reads them: text in quotes, with the unprintable escaped."""
    mark = "'" if b'"' in data else '"'
    text = "".join(chr(byte) if 0x20 <= byte < 0x7f and byte not in (ord(mark), ord("\\"))
                   else f"\\x{byte:02x}" for byte in data[:limit])
    return f"{mark}{text}{mark}" + ("…" if len(data) > limit else "")
