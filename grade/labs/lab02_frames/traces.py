"""What traces of steps have in common: how they are told, and how they are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from labs.lab01_boot.teaching import count_of

# Bytes of steps that fit into a request.
STEPS_MAX = 3900


def named(numbers: Iterable[int], name: Callable[[int], str]) -> str:
    """Things by their names, in their order."""
    return ", ".join(map(name, numbers)) or "none"


def last_steps(words: Sequence[str], shown: int) -> str:
    """Steps in words; of many, the last few."""
    left_out = f"… ({count_of(len(words) - shown, 'step')}), " if len(words) > shown else ""
    return left_out + ", ".join(words[-shown:])


def joined(codes: Iterable[bytes]) -> bytes:
    """The steps as a probe reads them."""
    code = b"".join(codes)
    assert len(code) <= STEPS_MAX, "the trace is too long for a request"
    return code
