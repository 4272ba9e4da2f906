"""Exercise 1.3: finding an option on the command line."""

from __future__ import annotations

from random import Random

import pytest
from cairn.lab import Lab
from cairn.protocol import Reply
from cairn.requests import hexbytes, request

from .command_line_model import Question, in_words
from .errors import NO_SPACE, NOT_FOUND, name
from .facts import data, number
from .teaching import differs, quoted


def check(lab: Lab, questions: list[Question]) -> None:
    """Every question is answered as the contract says."""
    run = lab.run([question.request() for question in questions])
    for question, reply in zip(questions, run.replies):
        check_answer(question, reply)


def check_answer(question: Question, reply: Reply) -> None:
    expected = question.expected()
    wish = in_words(expected, question.size)
    result = number(reply, "result")
    wanted = NOT_FOUND
    if expected is not None:
        wanted = len(expected) if len(expected) < question.size else NO_SPACE
    value = data(reply, "value") if result >= 0 else b""
    came = name(result) if result < 0 else f"{quoted(value)}, length {result}"
    if result != wanted:
        differs(str(question), wish, came)
    if result >= 0 and not number(reply, "terminated"):
        differs(str(question), wish, "a value without a zero byte behind it")
    if result >= 0 and value != expected:
        differs(str(question), wish, came)
    overruns = number(reply, "overruns")
    if overruns:
        differs(str(question), "no byte outside the room changed", f"{overruns} of them changed")


def questions_on(*lines: bytes, keys: tuple[bytes, ...]) -> list[Question]:
    return [Question(line, key) for line in lines for key in keys]


def test_finds_keys_and_values(lab: Lab) -> None:
    """Given plain words, then the text behind the first `=`, or none for a bare key."""
    digits = str(lab.random.randrange(10**9)).encode()
    check(lab, [
        Question(b"quiet", b"quiet"), Question(b"log=debug", b"log"), Question(b"log=", b"log"),
        *questions_on(b"panic=halt log=debug quiet", keys=(b"panic", b"log", b"quiet")),
        Question(b"seed=" + digits, b"seed"),
        *questions_on(b"   log=info   quiet   ", keys=(b"log", b"quiet")),
        Question(b"a=1 b=2 c=3", b"c"), Question(b"root=disk=2,part=1", b"root"),
        Question(b"path==x", b"path"), Question(b"a=b a-b=c", b"a-b"), Question(b"x=1\0 y=2", b"x"),
    ])


def test_takes_the_last_of_several(lab: Lab) -> None:
    """Given a key more than once, then the last one counts, whatever its value."""
    values = [str(lab.random.randrange(1000)).encode() for _ in range(6)]
    many = b" ".join(b"n=" + value for value in values)
    check(lab, [
        Question(b"log=debug log=info", b"log"), Question(b"log=debug quiet log", b"log"),
        Question(b"log quiet log=error", b"log"), Question(b"log=long-value log=", b"log"),
        Question(b"log=debug other=1 log=info other=2 more", b"other"), Question(many, b"n"),
        Question(b'log=debug "log=info"', b"log"), Question(b"log=info loga=x alog=y", b"log"),
    ])


def test_understands_quotes(lab: Lab) -> None:
    """Given double quotes, then spaces in them belong to the word, and they to none."""
    random = lab.random
    name_ = bytes(random.choices(b"abcdefgh", k=6))
    check(lab, [
        Question(b'root="my disk"', b"root"), Question(b'"root=my disk"', b"root"),
        Question(b'root="my disk" quiet', b"quiet"), Question(b'"root=my disk" quiet', b"quiet"),
        Question(b'ro"ot=my di"sk quiet', b"root"), Question(b'root=a" b "c" d', b"root"),
        Question(b'root=""', b"root"), Question(b'root="" quiet', b"quiet"),
        Question(b'""root=x', b"root"), Question(b'root=x"y"z"', b"root"),
        Question(b'root="open to the end', b"root"), Question(b'"root=open quiet=1', b"root"),
        Question(b'"root=open quiet=1', b"quiet"), Question(b'root="a=b c=d" c=e', b"c"),
        Question(b'root="a c=d"', b"c"), Question(b'"my key"=1', b"my key"),
        Question(b'"quiet"', b"quiet"), Question(b'root=""""', b"root"),
        Question(b'root="  "', b"root"),
        Question(b'label="' + name_ + b'  ' + name_ + b'" end', b"label"),
    ])


@pytest.mark.negative
def test_matches_whole_keys_only(lab: Lab) -> None:
    """Given keys that only look alike, and a line's end, then nothing is found."""
    lines = (b"logs=1 lo=2 Log=3 LOG=4 xlog=5 log2=6 -log=7 log-=8", b"", b" ", b'""', b'"',
             b"x=log y=log=1", b'x="log=1', b'x=" log=1 "', b"=log", b"= log1", b"x\0 log=1 log",
             b"log\t=1")
    check(lab, questions_on(*lines, keys=(b"log",)) + [
        Question(b"long", b"longer"), Question(b"longer", b"long"), Question(b"a b c", b"a b"),
        Question(b"", b"x"), Question(b"=", b"x"), Question(b"== =", b"x"),
    ])


def test_refuses_a_value_that_does_not_fit(lab: Lab) -> None:
    """Given room for n bytes, then a value of n - 1 fits and one of n doesn't; no other counts."""
    length = lab.random.randrange(2, 60)
    value = bytes(lab.random.choices(b"abcdefghijklmnop", k=length))
    line = b"k=" + value
    sizes = [1, 2, length - 1, length, length + 1, length + 2, 200]
    check(lab, [Question(line, b"k", size) for size in sizes] + [
        Question(b"k", b"k", 1), Question(b"k=", b"k", 1), Question(b"k=x", b"k", 1),
        Question(b"k=x", b"k", 2), Question(b"big=" + b"y" * 300 + b" k=ok", b"k", 3),
        Question(b'k="a b"', b"k", 4), Question(b'k="a b"', b"k", 3),
        Question(b"k=long k=s", b"k", 2), Question(b"k=s k=long", b"k", 2),
        Question(line, b"other", 1),
    ])


def test_reads_the_machine_s_own_command_line(lab: Lab) -> None:
    """Given options that QEMU passes on, then the kernel finds them."""
    value = bytes(lab.random.choices(b"abcdefghijklmnopqrstuvwxyz0123456789", k=12)).decode()
    keys = ["first", "second", "third", "fourth"]
    line = f'first second={value} third="{value} {value}"'
    run = lab.run([request("command_line.option", hexbytes(key.encode())) for key in keys],
                  command_line=line)
    for key, reply in zip(keys, run.replies):
        question = Question(line.encode(), key.encode())
        check_answer(question, reply)


def random_line(random: Random) -> bytes:
    """Words out of few letters, so that keys, quotes and spaces meet in every way."""
    return bytes(random.choices(b'kkax=="  ', k=random.randrange(1, 40)))


def test_reads_any_line(lab: Lab) -> None:
    """Given lines without any sense, then still what the rules say."""
    random = lab.random
    keys = (b"k", b"a", b"ka", b"kk", b"x", b"xa", b"k k")
    check(lab, [Question(random_line(random), random.choice(keys), random.choice([1, 2, 3, 5, 64]))
                for _ in range(400)])
