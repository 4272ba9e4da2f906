"""Requests to a kernel under test, and the script that carries them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cairn.protocol import Reply, Secret

__all__ = ["Reply", "Request", "hexbytes", "request", "script"]

# kernel/probe/probe.h
WORDS_MAX = 256
LINE_MAX = 8192


@dataclass(frozen=True)
class Request:
    """One request: a probe's name and its arguments as words."""

    probe: str
    words: tuple[str, ...]
    budget_ms: int | None = None
    title: str = ""  # for messages, instead of the words

    def line(self, number: int, default_budget_ms: int, scale: int = 1) -> str:
        """The request as a line of the protocol."""
        budget = (self.budget_ms or default_budget_ms) * scale
        return " ".join(["request", str(number), str(budget), self.probe, *self.words])

    def titled(self, title: str) -> Request:
        """The same request, which messages call so: what it asks for, in a few words."""
        return replace(self, title=title)

    def __str__(self) -> str:
        text = " ".join([self.probe, *self.words])
        if self.title:
            text = f"{self.probe}, to {self.title}"
        return text if len(text) <= 200 else text[:200] + "…"


def hexbytes(data: bytes) -> str:
    """Bytes as a word of a request."""
    return data.hex() or "-"


def request(probe: str, *arguments: int | str, budget_ms: int | None = None) -> Request:
    """A request to `probe`. Numbers are sent modulo 2^64; use hexbytes() for bytes.

    `budget_ms` is the guest time that it may take, one millisecond being a million instructions.
    """
    words = []
    for argument in arguments:
        word = str(argument % (1 << 64)) if isinstance(argument, int) else argument
        if not word or not word.isascii() or not word.isprintable() or " " in word:
            raise ValueError(f"{argument!r} is not a word; use hexbytes() for bytes")
        words.append(word)
    made = Request(probe, tuple(words), budget_ms)
    if len(words) + 1 > WORDS_MAX or len(made.line(10**9, 10**9)) >= LINE_MAX:
        raise ValueError(f"request to {probe} is longer than a line of the protocol")
    return made


def script(
    secret: Secret,
    requests: Sequence[Request],
    *,
    end: str = "poweroff",
    boot_budget_ms: int = 200,
    budget_ms: int = 50,
    scale: int = 1,
) -> bytes:
    """The script of one boot. `scale` multiplies every budget, for builds slow by design."""
    lines = [
        "cairn-script 1",
        f"nonce {secret.nonce:016x}",
        f"key {secret.key.hex()}",
        f"budget {boot_budget_ms * scale}",
    ]
    lines += [item.line(number, budget_ms, scale) for number, item in enumerate(requests)]
    lines.append(f"end {end}")
    return ("\n".join(lines) + "\n").encode("ascii")
