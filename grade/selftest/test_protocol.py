"""The parser of records, tried on the host alone."""

from __future__ import annotations

import pytest

from cairn.protocol import Secret, Transcript, parse_value, show
from cairn.requests import hexbytes, request, script
from cairn.siphash import siphash24

SECRET = Secret(0x0123456789ABCDEF, bytes(range(16)))


def record(number: int, rest: str, secret: Secret = SECRET) -> bytes:
    """A record as a kernel sends it."""
    body = f"@cairn {secret.nonce:016x} {number} {rest} ".encode()
    return body + f"{siphash24(secret.key, body):016x}\n".encode()


def transcript(*lines: bytes) -> Transcript:
    made = Transcript(SECRET)
    for line in lines:
        made.feed(line)
    return made


GREETING = record(0, "hello 1 riscv64 watchdog")


@pytest.mark.parametrize(
    ("length", "expected"),
    # The first, some middle and the last vector of the reference implementation (vectors.h).
    [(0, 0x726FDB47DD0E0E31), (1, 0x74F839C593DC67FD), (8, 0x93F5F5799A932462),
     (15, 0xA129CA6149BE45E5), (63, 0x958A324CEB064572)],
)  # fmt: skip
def test_siphash_gives_the_reference_vectors(length: int, expected: int) -> None:
    assert siphash24(bytes(range(16)), bytes(range(length))) == expected


def test_a_whole_conversation_counts() -> None:
    made = transcript(
        GREETING,
        record(1, "todo 1.2 kernel/format/format_number.c 40"),
        record(2, "begin 0"),
        record(3, "fact 0 n 0x2a"),
        record(4, "fact 0 n -5"),
        record(5, "fact 0 text x4142"),
        record(6, "fact 0 list 0x1,0x2"),
        record(7, "end 0 -3 1234"),
        record(8, "bye"),
    )
    assert made.fault_count == 0
    assert made.bye
    reply = made.replies[0]
    assert (reply.status, reply.instructions, reply.ended) == (-3, 1234, True)
    assert reply.facts == {"n": -5, "text": b"AB", "list": [1, 2]}
    assert reply.all("n") == [42, -5]
    assert str(made.todos[0]).startswith("exercise 1.2 is not implemented (kernel/format/")


def test_bytes_may_come_in_any_portions() -> None:
    stream = GREETING + record(1, "begin 0") + record(2, "end 0 0 7")
    made = transcript(*(stream[i : i + 1] for i in range(len(stream))))
    assert made.fault_count == 0
    assert made.replies[0].instructions == 7


@pytest.mark.parametrize(
    ("word", "value"),
    [("0x0", 0), ("-12", -12), ("x", b""), ("xff00", b"\xff\x00"), (".", []), ("0x7,", [7])],
)
def test_values_keep_their_kind(word: str, value: object) -> None:
    assert parse_value(word) == value


@pytest.mark.parametrize(
    "line",
    [
        record(1, "begin 0").replace(b"begin", b"bogin"),
        record(1, "begin 0", Secret(1, SECRET.key)),
        record(1, "begin 0", Secret(SECRET.nonce, bytes(16))),
        record(2, "begin 0"),
        GREETING,
        record(1, "begin 5"),
        record(1, "end 0 0 0"),
        record(1, "fact 0 a 0x1"),
        record(1, "begin"),
        record(1, "begin x"),
        record(1, "shout 1"),
        record(1, "panic f 1 zz"),
        b"@cairn\n",
        b"@cairn 0123456789abcdef 1 begin 0\n",
        b"@cairn 0123456789abcdef \xc2\xb2 begin 0 0000000000000000\n",
        b"\x00\xff\x1b[2J\n",
        b"\n",
    ],
)
def test_what_is_no_record_is_noted_and_never_counts(line: bytes) -> None:
    made = transcript(GREETING, line)
    assert made.fault_count == 1
    assert not made.replies
    assert made.faults[0].isprintable()


def test_a_flood_of_faults_is_counted_not_kept() -> None:
    made = transcript(b"junk\n" * 10_000)
    assert made.fault_count == 10_000
    assert len(made.faults) < 100


def test_a_line_without_end_is_dropped() -> None:
    made = transcript(*[b"#" * 65536] * 40)
    assert made.fault_count >= 1
    assert len(made.unfinished) <= 1 << 20


def test_what_a_guest_prints_is_safe_to_show() -> None:
    assert show(b"\x1b[2J\x07ok\xff") == r"\x1b[2J\x07ok\\xff"
    assert show(b"a" * 500).endswith("…")


def test_requests_become_lines() -> None:
    text = script(SECRET, [request("a.b", -1, 7, hexbytes(b""), hexbytes(b"\x01"), budget_ms=3)])
    *_, line, end = text.decode().splitlines()
    assert line == f"request 0 3 a.b {2**64 - 1} 7 - 01"
    assert end == "end poweroff"


@pytest.mark.parametrize("word", ["", "two words", "line\nend", "ü"])
def test_words_that_would_break_a_line_are_refused(word: str) -> None:
    with pytest.raises(ValueError, match="not a word"):
        request("a.b", word)


def test_requests_that_are_too_long_are_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        request("a.b", "0" * 9000)
    with pytest.raises(ValueError, match="longer"):
        request("a.b", *range(256))
