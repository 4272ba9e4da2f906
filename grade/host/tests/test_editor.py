"""The monitor's line editor, driven by keystrokes on the host and judged by a model."""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from host.tests.editor_model import HISTORY_MAX, LINE_MAX, PROMPT, WINDOW, Model, Terminal

MORE, LINE, ABANDONED, COMPLETE = range(4)

#: What terminals send for a key, and the model's method for it.
KEYS: dict[bytes, str] = {
    b"\033[D": "left",
    b"\033OD": "left",
    b"\x02": "left",
    b"\033[C": "right",
    b"\x06": "right",
    b"\033[H": "home",
    b"\033OH": "home",
    b"\033[1~": "home",
    b"\x01": "home",
    b"\033[F": "end",
    b"\033[4~": "end",
    b"\x05": "end",
    b"\033b": "word_left",
    b"\033[1;5D": "word_left",
    b"\033f": "word_right",
    b"\033[1;5C": "word_right",
    b"\x7f": "backspace",
    b"\x08": "backspace",
    b"\033[3~": "delete",
    b"\x04": "delete",
    b"\x17": "delete_word_left",
    b"\033d": "delete_word_right",
    b"\x15": "delete_to_start",
    b"\x0b": "delete_to_end",
    b"\x19": "insert_deleted",
    b"\x14": "swap",
    b"\033[A": "up",
    b"\x10": "up",
    b"\033[B": "down",
    b"\x0e": "down",
    b"\x0c": "clear_screen",
}


@pytest.fixture(scope="session")
def driver(host_out: Path) -> Path:
    """The editor in a host program."""
    return host_out / "editor"


@dataclass(frozen=True)
class Step:
    """What the editor said after one byte."""

    event: int
    cursor: int
    text: str
    output: bytes


def drive(driver: Path, words: list[str], data: bytes) -> str:
    """Runs the driver. Returns what it prints."""
    command = [str(driver), *words]
    done = subprocess.run(command, input=data, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode()


def run(driver: Path, keys: bytes) -> list[Step]:
    """Feeds keys to the editor. The first step is the prompt; then there is one for each byte."""
    steps = []
    for line in drive(driver, ["keys"], keys).splitlines():
        event, cursor, text, output = line.split()
        shown = bytes.fromhex(text[1:]).decode()
        steps.append(Step(int(event), int(cursor), shown, bytes.fromhex(output[1:])))
    assert len(steps) == len(keys) + 1
    return steps


def screen(steps: list[Step]) -> Terminal:
    terminal = Terminal()
    for step in steps:
        terminal.feed(step.output)
    return terminal


def lines(steps: list[Step]) -> list[str]:
    return [step.text for step in steps if step.event == LINE]


def check_screen(terminal: Terminal, model: Model) -> None:
    """The cursor stands in a window of the text; what is not shown is marked at its ends."""
    first = model.cursor - (terminal.column - len(PROMPT))
    assert 0 <= first <= model.cursor
    window = list(model.text[first : first + WINDOW])
    if first > 0:
        window[0] = "<"
    if first + WINDOW < len(model.text):
        window[-1] = ">"
    assert terminal.line == (PROMPT + "".join(window)).rstrip()


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{KEYS[key]}-{key.hex()}")
def test_key_does_what_the_model_says_at_every_cursor(driver: Path, key: bytes) -> None:
    cases = [
        Model(text=text, cursor=cursor)
        for text in ["", "one", "one  two.three four", "x" * LINE_MAX]
        for cursor in sorted({0, len(text[:1]), len(text) // 2, len(text[:-1]), len(text)})
    ]
    # Ctrl-C ends each case, and leaves nothing in the history.
    strokes = [
        (case.text.encode() + b"\x02" * (len(case.text) - case.cursor), key, b"\x03")
        for case in cases
    ]
    steps = run(driver, b"".join(b"".join(stroke) for stroke in strokes))
    terminal, at = Terminal(), 1
    terminal.feed(steps[0].output)
    for model, (before, _, after) in zip(cases, strokes, strict=True):
        for step in steps[at : at + len(before)]:
            terminal.feed(step.output)
        at += len(before)
        bells = terminal.bells
        for step in steps[at : at + len(key)]:
            terminal.feed(step.output)
        at += len(key)
        obeyed = getattr(model, KEYS[key])()
        assert (steps[at - 1].text, steps[at - 1].cursor) == (model.text, model.cursor)
        assert (terminal.bells > bells) == (not obeyed)
        check_screen(terminal, model)
        terminal.feed(steps[at].output)
        at += len(after)


def random_strokes(chance: random.Random, count: int) -> list[bytes]:
    """Keys, text, and now and then Enter or Ctrl-C."""
    strokes: list[bytes] = []
    for _ in range(count):
        printable = bytes([chance.randrange(0x20, 0x7F)])
        strokes.append(
            chance.choice(
                [
                    chance.choice(list(KEYS)),
                    chance.choice(list(KEYS)),
                    printable,
                    printable * chance.randrange(1, 40),
                    b"ab 1",
                    chance.choice([b"\r", b"\x03", b" ", b"  ", b"_"]),
                ]
            )
        )
    return strokes


@pytest.mark.parametrize("seed", range(20))
def test_random_keys_keep_line_and_screen_in_step(driver: Path, seed: int) -> None:
    strokes = random_strokes(random.Random(seed), 800)
    steps = run(driver, b"".join(strokes))
    model, terminal, at = Model(), Terminal(), 1
    terminal.feed(steps[0].output)
    for stroke in strokes:
        mine = steps[at : at + len(stroke)]
        at += len(stroke)
        for step in mine:
            terminal.feed(step.output)
        if stroke == b"\r":
            assert (mine[-1].event, mine[-1].text) == (LINE, model.enter())
        elif stroke == b"\x03":
            assert mine[-1].event == ABANDONED
            model.abandon()
        else:
            for key in [stroke] if stroke in KEYS else [bytes([byte]) for byte in stroke]:
                getattr(model, KEYS[key])() if key in KEYS else model.insert(key.decode())
            assert (mine[-1].text, mine[-1].cursor) == (model.text, model.cursor), stroke
            check_screen(terminal, model)


@pytest.mark.parametrize("seed", range(10))
def test_garbage_never_breaks_the_editor(driver: Path, seed: int) -> None:
    chance = random.Random(seed)
    garbage = bytes(
        chance.choice([0x1B, 0x5B, 0x4F, 0x3B, chance.randrange(256), chance.randrange(256)])
        for _ in range(3000)
    )
    # Whatever came before: Ctrl-C ends it, and the next line is read as it is typed.
    steps = run(driver, garbage + b"\x03help\r")
    assert lines(steps)[-1] == "help"
    assert all(len(step.text) <= LINE_MAX and step.cursor <= len(step.text) for step in steps)


@pytest.mark.parametrize(
    "sequence",
    [
        b"\033[99~",
        b"\033[15;2~",
        b"\033[[A",
        b"\033OP",
        b"\033[?1;2c",
        b"\033[12;34R",
        b"\033[1;2;3;4;5;6;7;8~",
        b"\033q",
        b"\033[99999999999999~",
        b"\x1d",
        "é".encode(),
        "€".encode(),
    ],
)
def test_unknown_key_rings_once_and_types_nothing(driver: Path, sequence: bytes) -> None:
    steps = run(driver, b"ab" + sequence + b"c")
    assert steps[-1].text == "abc"
    assert screen(steps).bells == 1


@pytest.mark.parametrize("cut", [b"\033", b"\033[", b"\033[1", b"\033[1;5", b"\033O", b"\033[["])
def test_control_character_ends_a_sequence_and_counts(driver: Path, cut: bytes) -> None:
    assert lines(run(driver, b"ab" + cut + b"\r")) == ["ab"]
    assert run(driver, b"ab" + cut + b"\x01x")[-1].text == "xab"
    assert run(driver, b"ab" + cut + b"\033[Dx")[-1].text == "axb"


def test_overlong_sequence_is_given_up(driver: Path) -> None:
    steps = run(driver, b"\033[" + b"1;" * 40 + b"\rok\r")
    assert lines(steps)[-1] == "ok"
    # Of 17 digits the last gives it up; what comes then is text again.
    steps = run(driver, b"\033[" + b"1" * 17 + b"x")
    assert steps[-1].text == "x"
    assert screen(steps).bells == 1


def test_return_newline_and_both_end_one_line_each(driver: Path) -> None:
    assert lines(run(driver, b"a\rb\nc\r\nd\r\r")) == ["a", "b", "c", "d", ""]


def test_long_line_is_refused_at_the_limit(driver: Path) -> None:
    steps = run(driver, b"x" * (LINE_MAX + 3))
    assert steps[-1].text == "x" * LINE_MAX
    assert screen(steps).bells == 3
    # What doesn't fit as a whole is not put back in part.
    steps = run(driver, b"abc\x15" + b"x" * (LINE_MAX - 2) + b"\x19")
    assert steps[-1].text == "x" * (LINE_MAX - 2)
    assert screen(steps).bells == 1


def test_typing_at_the_end_sends_only_the_character(driver: Path) -> None:
    steps = run(driver, b"peek 0x1000")
    assert b"".join(step.output for step in steps[1:]) == b"peek 0x1000"


def test_change_in_the_middle_sends_only_what_follows(driver: Path) -> None:
    steps = run(driver, b"peek 0x1000\x02\x02\x02\x022")
    assert steps[-1].output == b"2" + b"1000" + b"\b" * 4
    steps = run(driver, b"aaaa\x02\x02a")
    assert steps[-1].output == b"aaa\b\b"


def test_history_walks_back_and_forth_and_keeps_the_typed_line(driver: Path) -> None:
    up, down = b"\033[A", b"\033[B"
    steps = run(driver, b"one\rtwo\rthr" + up + up + up + down + down + down)
    texts = [step.text for step in steps]
    assert texts[-16] == "two"
    assert texts[-13] == texts[-10] == "one"
    assert texts[-7] == "two"
    assert texts[-4] == texts[-1] == "thr"
    assert screen(steps).bells == 2


def test_history_drops_repeats_empty_lines_and_the_oldest(driver: Path) -> None:
    typed = "".join(f"line {n}\r" for n in range(20)) + "line 19\r\r"
    steps = run(driver, typed.encode() + b"\x10" * 20)
    seen = [step.text for step in steps[-20:]]
    kept = [f"line {n}" for n in reversed(range(20 - HISTORY_MAX, 20))]
    assert seen == kept + [kept[-1]] * (20 - HISTORY_MAX)


def test_edited_history_line_is_a_new_line(driver: Path) -> None:
    assert lines(run(driver, b"one\r\x10x\r\x10\x10\r")) == ["one", "onex", "one"]


def test_abandoned_line_is_shown_as_such_and_not_kept(driver: Path) -> None:
    steps = run(driver, b"one\rtw\x03\x10")
    assert [step.event for step in steps].count(ABANDONED) == 1
    assert steps[-1].text == "one"
    assert PROMPT + "tw^C" in screen(steps).lines


def test_tabs_in_a_row_are_told_apart_from_others(driver: Path) -> None:
    steps = run(driver, b"a\t\tb\t")
    assert [step.event for step in steps] == [MORE, MORE, COMPLETE, COMPLETE, MORE, COMPLETE]
    assert steps[-1].text == "ab"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("   \t ", []),
        ("one", ["one"]),
        ("  one\ttwo  ", ["one", "two"]),
        ('say "two words" end', ["say", "two words", "end"]),
        ('"" a', ["", "a"]),
        ('a""b', ["ab"]),
        ('a"b c"d', ["ab cd"]),
        ('"a""b"', ["ab"]),
        (" ".join("abcdefghijklmnop"), list("abcdefghijklmnop")),
    ],
)
def test_words_are_split_outside_quotes(driver: Path, line: str, words: list[str]) -> None:
    count, *shown = drive(driver, ["words"], line.encode() + b"\n").split()
    assert int(count) == len(words)
    assert [bytes.fromhex(word[1:]).decode() for word in shown] == words


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('"', -1),
        ('a "b c', -1),
        ('a b"', -1),
        (" ".join("abcdefghijklmnopq"), -6),
    ],
)
def test_open_quotes_and_too_many_words_are_refused(driver: Path, line: str, error: int) -> None:
    assert int(drive(driver, ["words"], line.encode() + b"\n").split()[0]) == error


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("0", "0 0"),
        ("4096", "0 4096"),
        ("0xffffffffffffffff", "0 18446744073709551615"),
        ("18446744073709551616", "-17 0"),
        ("", "-17 0"),
        ("-1", "-17 0"),
        ("12 ", "-17 0"),
    ],
)
def test_word_is_a_number_as_a_whole(driver: Path, word: str, answer: str) -> None:
    assert drive(driver, ["numbers"], word.encode() + b"\n").strip() == answer


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("pek", "peek"),
        ("peke", "peek"),
        ("pok", "poke"),
        ("pook", "-"),
        ("mem", "memory"),
        ("backtarce", "backtrace"),
        ("bakctrac", "backtrace"),
        ("hlep", "help"),
        ("foo", "-"),
        ("zzz", "-"),
        ("peekaboo", "-"),
        ("x" * 200, "-"),
    ],
)
def test_nearest_name_is_one_that_may_be_meant(driver: Path, word: str, nearest: str) -> None:
    names = ["backtrace", "help", "memory", "peek", "poke", "p" * 30]
    assert drive(driver, ["nearest", *names], word.encode() + b"\n").strip() == nearest
