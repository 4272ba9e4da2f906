"""Facts of a reply by their kind, with a message that says why one is missing."""

from __future__ import annotations

from typing import NoReturn

from cairn.protocol import Reply

from .errors import name as name_of_error


def _missing(reply: Reply, kind: str, name: str) -> NoReturn:
    status = f"its status is {name_of_error(reply.status)}"
    raise AssertionError(f"request {reply.id} brought no {kind} named {name}; {status}")


def number(reply: Reply, name: str) -> int:
    """A fact that is one number."""
    value = reply.facts.get(name)
    if not isinstance(value, int):
        _missing(reply, "number", name)
    return value


def data(reply: Reply, name: str) -> bytes:
    """A fact that is bytes."""
    value = reply.facts.get(name)
    if not isinstance(value, bytes):
        _missing(reply, "bytes", name)
    return value


def numbers(reply: Reply, name: str) -> list[int]:
    """A fact that is a list."""
    value = reply.facts.get(name)
    if not isinstance(value, list):
        _missing(reply, "list", name)
    return value


def all_data(reply: Reply, name: str) -> list[bytes]:
    """Every fact of a name that was reported several times, as bytes."""
    return [value for value in reply.all(name) if isinstance(value, bytes)]


def signed(value: int) -> int:
    """A 64-bit element of a list as a signed number."""
    return value - (1 << 64) if value >> 63 else value
