"""Ways to break a blob. All are drawn from a seed, so that a failure can be had again."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

SEED = int(os.environ.get("HOST_SEED", "1"))
MUTATIONS = int(os.environ.get("HOST_MUTATIONS", "3000"))

# Values that code tends to get wrong, little-endian and big-endian alike.
_EDGES = [0, 1, 2, 3, 4, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF]
_EDGES += [0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF, 1 << 63, (1 << 64) - 1, (1 << 64) - 4096]


def _flip_bits(rng: random.Random, blob: bytearray) -> None:
    for _ in range(rng.randint(1, 8)):
        blob[rng.randrange(len(blob))] ^= 1 << rng.randrange(8)


def _set_bytes(rng: random.Random, blob: bytearray) -> None:
    for _ in range(rng.randint(1, 16)):
        blob[rng.randrange(len(blob))] = rng.choice([0, 1, 0xFF, 0x7F, 0x80, rng.randrange(256)])


def _set_number(rng: random.Random, blob: bytearray) -> None:
    size = rng.choice([1, 2, 4, 4, 4, 8])
    at = rng.randrange(len(blob))
    at -= at % rng.choice([1, size])
    value = rng.choice(_EDGES) & ((1 << (8 * size)) - 1)
    piece = value.to_bytes(size, rng.choice(["little", "big"]))
    blob[at : at + size] = piece[: len(blob) - at]


def _copy_piece(rng: random.Random, blob: bytearray) -> None:
    size = rng.randint(1, min(64, len(blob)))
    source = rng.randrange(len(blob) - size + 1)
    target = rng.randrange(len(blob) - size + 1)
    blob[target : target + size] = blob[source : source + size]


def _erase_piece(rng: random.Random, blob: bytearray) -> None:
    size = rng.randint(1, min(64, len(blob)))
    at = rng.randrange(len(blob) - size + 1)
    blob[at : at + size] = bytes(size)


def _remove_piece(rng: random.Random, blob: bytearray) -> None:
    size = rng.randint(1, min(64, len(blob) - 1))
    at = rng.randrange(len(blob) - size + 1)
    del blob[at : at + size]


def mutations(blob: bytes, topic: str, count: int = MUTATIONS) -> Iterator[bytes]:
    """Yields variants of a blob with one to four things wrong in each."""
    kinds = [_flip_bits, _set_bytes, _set_number, _set_number, _copy_piece, _erase_piece]
    kinds.append(_remove_piece)
    rng = random.Random(f"{topic} {SEED}")
    for _ in range(count):
        variant = bytearray(blob)
        for _ in range(rng.randint(1, 4)):
            rng.choice(kinds)(rng, variant)
        yield bytes(variant)


def truncations(blob: bytes) -> Iterator[bytes]:
    """Yields the blob cut at every length."""
    for length in range(len(blob)):
        yield blob[:length]
