"""Random numbers, which address spaces place their regions by. These tests carry no points."""

from __future__ import annotations

from struct import pack, unpack

import pytest
from cairn.lab import Lab
from cairn.requests import hexbytes, request
from labs.lab01_boot.facts import data, numbers
from labs.lab01_boot.teaching import differs

pytestmark = pytest.mark.negative

# RFC 8439, 2.3.2: the test vector of the block function.
RFC_KEY = bytes(range(32))
RFC_NONCE = bytes.fromhex("000000090000004a00000000")
RFC_BLOCK = bytes.fromhex(
    "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
    "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e")
WORD = 0xffff_ffff


def quarter_round(state: list[int], a: int, b: int, c: int, d: int) -> None:
    for first, second, third, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[first] = (state[first] + state[second]) & WORD
        mixed = state[third] ^ state[first]
        state[third] = (mixed << bits | mixed >> (32 - bits)) & WORD


def chacha_block(key: bytes, counter: int, nonce: bytes) -> bytes:
    """The block function as the RFC has it."""
    start = [*unpack("<4I", b"expand 32-byte k"), *unpack("<8I", key), counter,
             *unpack("<3I", nonce)]
    state = list(start)
    for _ in range(10):
        for i in range(4):
            quarter_round(state, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter_round(state, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return pack("<16I", *((one + two) & WORD for one, two in zip(start, state)))


def test_whole_makes_the_blocks_of_the_rfc(lab: Lab) -> None:
    """Given the RFC's vector and others, then the blocks of ChaCha20."""
    assert chacha_block(RFC_KEY, 1, RFC_NONCE) == RFC_BLOCK, "the model itself is wrong"
    inputs = [(RFC_KEY, 1, RFC_NONCE), (bytes(32), 0, bytes(12)),
              (b"\xff" * 32, WORD, b"\xff" * 12)]
    inputs += [(lab.random.randbytes(32), lab.random.getrandbits(32), lab.random.randbytes(12))
               for _ in range(5)]
    run = lab.run([request("random.block", hexbytes(key), counter, hexbytes(nonce))
                   for key, counter, nonce in inputs])
    for (key, counter, nonce), reply in zip(inputs, run.replies, strict=True):
        expected, came = chacha_block(key, counter, nonce), data(reply, "block")
        if came != expected:
            differs(f"the block of key {key.hex()}, counter {counter}, nonce {nonce.hex()}",
                    expected.hex(), came.hex())


def test_whole_draws_numbers_below_a_limit(lab: Lab) -> None:
    """Given limits, then numbers below them, all of them in time, and never the same again."""
    limits = [1, 2, 3, 7, (1 << 63) + 1, (1 << 64) - 1]
    run = lab.run([request("random.draw", 1000, limit) for limit in [0, *limits]])
    drawn = [numbers(reply, "drawn") for reply in run.replies]
    if len(set(drawn[0])) != 1000:
        differs("draw 1000 numbers of 64 bits", "1000 different ones", f"{len(set(drawn[0]))}")
    for limit, came in zip(limits, drawn[1:]):
        if max(came) >= limit:
            differs(f"draw 1000 numbers below {limit}", "all below it", f"{max(came)}")
        if limit < 10 and set(came) != set(range(limit)):
            differs(f"draw 1000 numbers below {limit}", "each of them", f"{sorted(set(came))}")
    for bit in range(64):
        ones = sum(number >> bit & 1 for number in drawn[0])
        if not 350 < ones < 650:
            differs("draw 1000 numbers of 64 bits", f"bit {bit} set in about half of them",
                    f"in {ones}")
