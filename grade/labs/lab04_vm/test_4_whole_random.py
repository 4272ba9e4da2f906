"""Random numbers, which address spaces place their regions by. These tests carry no points."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
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


def stream(seed: int) -> Iterator[int]:
    """What the generator gives, in numbers of 64 bits, keyed by `seed` alone."""
    key = pack("<Q", seed) + bytes(24)
    while True:
        block = chacha_block(key, 0, bytes(12))
        key = block[:32]
        yield from unpack("<4Q", block[32:])


def drawn_with(lab: Lab, command_line: str) -> tuple[list[int], str]:
    """Twenty numbers of a fresh start, and what the console says."""
    run = lab.run([request("random.draw", 20, 0)], command_line=command_line)
    return numbers(run.replies[0], "drawn"), run.console


# By then start-up has placed its windows.
EARLY = 64


@pytest.mark.parametrize(("text", "seed"), [
    ("0", 0), ("1234567890123456789", 1234567890123456789), ("0xFFFFffffFFFFffff", (1 << 64) - 1),
    ("1 seed=0x2b", 0x2b)])
def test_whole_takes_the_command_lines_seed(lab: Lab, text: str, seed: int) -> None:
    """Given a seed on the command line, then the numbers that follow from it alone."""
    came, _ = drawn_with(lab, f"seed={text}")
    early = list(islice(stream(seed), EARLY))
    start = early.index(came[0]) if came[0] in early else 0
    expected = list(islice(stream(seed), start, start + len(came)))
    if came != expected:
        differs(f"boot with seed={text} and draw", f"{expected[0]:#x}, or what soon follows, ...",
                ", ".join(f"{number:#x}" for number in came[:3]))


@pytest.mark.parametrize("text", ["", "abc", "0x", "-1", "1g", "18446744073709551616", "1" * 40])
def test_whole_ignores_a_bad_seed(lab: Lab, text: str) -> None:
    """Given a seed that is no number below 2^64, then a line in the log, and the firmware's."""
    came, console = drawn_with(lab, f"seed={text}")
    if "seed= says is no number" not in console:
        differs(f"boot with seed={text}", "a line about it in the log", console[-2000:])
    for seed in (0, 1, int("1" * 19)):
        if came[0] in islice(stream(seed), EARLY):
            differs(f"boot with seed={text}", "numbers that nobody can guess",
                    f"those of seed {seed}")
