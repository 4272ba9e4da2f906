"""How long interrupts were off at most, for builds with STRETCHES=1 (kernel/probe/stretches.c)."""

from __future__ import annotations

import os
from pathlib import Path

from cairn.protocol import Reply
from cairn.requests import Request, request
from cairn.symbols import Symbols

FILE = "stretches"


def asked() -> list[Request]:
    """What a run asks for in the end; nothing without STRETCHES=1."""
    return [request("interrupts.off")] if os.environ.get("STRETCHES") == "1" else []


def note(folder: Path, test: str, reply: Reply) -> None:
    """Keeps what a run told, a line for each."""
    if reply.status == 0:
        words = " ".join(str(reply.facts[key]) for key in ("instructions", "begin", "end", "count"))
        with (folder / FILE).open("a") as file:
            file.write(f"{words} {test}\n")


def longest(folder: Path, arch: str) -> str:
    """The longest of all, in a sentence; "" when nothing was measured."""
    if not (folder / FILE).exists():
        return ""
    lines = [line.split(maxsplit=4) for line in (folder / FILE).read_text().splitlines()]
    instructions, begin, end, _, test = max(lines, key=lambda words: int(words[0]))
    symbols = Symbols(folder / "kernel.elf", arch)
    places = [symbols.name(int(place)) or hex(int(place)) if int(place) else "an interrupt"
              for place in (begin, end)]
    between = places[0] if places[0] == places[1] else f"{places[0]} to {places[1]}"
    return (f"Interrupts were off for {int(instructions):,} instructions at most, in {between} "
            f"({test}), of {sum(int(words[3]) for words in lines):,} times")
