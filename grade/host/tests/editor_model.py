"""A model of the monitor's line editor, and of the terminal that it draws on.

The model knows what each key does to the line; the terminal knows what the bytes that the editor
sends do to a screen. Together they judge the editor from both sides.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LINE_MAX = 255
HISTORY_MAX = 16
PROMPT = "cairn> "
COLUMNS = 80
WINDOW = COLUMNS - 1 - len(PROMPT)


def _is_letter(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


@dataclass
class Model:
    """The line as it should be after each key. A method says whether the key could be obeyed."""

    text: str = ""
    cursor: int = 0
    deleted: str = ""
    history: list[str] = field(default_factory=list)
    back: int = 0
    typed: str = ""

    def insert(self, text: str) -> bool:
        if len(self.text) + len(text) > LINE_MAX:
            return False
        self.text = self.text[: self.cursor] + text + self.text[self.cursor :]
        self.cursor += len(text)
        return True

    def _go(self, cursor: int) -> bool:
        moved = cursor != self.cursor
        self.cursor = cursor
        return moved

    def _delete(self, start: int, end: int, keep: bool) -> bool:
        if start >= end:
            return False
        if keep:
            self.deleted = self.text[start:end]
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start
        return True

    def left(self) -> bool:
        return self.cursor > 0 and self._go(self.cursor - 1)

    def right(self) -> bool:
        return self.cursor < len(self.text) and self._go(self.cursor + 1)

    def home(self) -> bool:
        self.cursor = 0
        return True

    def end(self) -> bool:
        self.cursor = len(self.text)
        return True

    def _word_start(self) -> int:
        at = self.cursor
        while at > 0 and not _is_letter(self.text[at - 1]):
            at -= 1
        while at > 0 and _is_letter(self.text[at - 1]):
            at -= 1
        return at

    def _word_end(self) -> int:
        at = self.cursor
        while at < len(self.text) and not _is_letter(self.text[at]):
            at += 1
        while at < len(self.text) and _is_letter(self.text[at]):
            at += 1
        return at

    def word_left(self) -> bool:
        return self._go(self._word_start())

    def word_right(self) -> bool:
        return self._go(self._word_end())

    def backspace(self) -> bool:
        return self._delete(self.cursor - 1, self.cursor, False) if self.cursor > 0 else False

    def delete(self) -> bool:
        if self.cursor == len(self.text):
            return False
        return self._delete(self.cursor, self.cursor + 1, False)

    def delete_word_left(self) -> bool:
        before = self.text[: self.cursor].rstrip(" ")
        return self._delete(before.rfind(" ") + 1, self.cursor, True)

    def delete_word_right(self) -> bool:
        return self._delete(self.cursor, self._word_end(), True)

    def delete_to_start(self) -> bool:
        return self._delete(0, self.cursor, True)

    def delete_to_end(self) -> bool:
        return self._delete(self.cursor, len(self.text), True)

    def insert_deleted(self) -> bool:
        return self.deleted != "" and self.insert(self.deleted)

    def swap(self) -> bool:
        if self.cursor == 0 or len(self.text) < 2:
            return False
        at = min(self.cursor, len(self.text) - 1)
        self.text = self.text[: at - 1] + self.text[at] + self.text[at - 1] + self.text[at + 1 :]
        self.cursor = at + 1
        return True

    def up(self) -> bool:
        if self.back == len(self.history):
            return False
        if self.back == 0:
            self.typed = self.text
        self.back += 1
        self.text = self.history[-self.back]
        return self.end()

    def down(self) -> bool:
        if self.back == 0:
            return False
        self.back -= 1
        self.text = self.history[-self.back] if self.back > 0 else self.typed
        return self.end()

    def clear_screen(self) -> bool:
        return True

    def enter(self) -> str:
        """Ends the line. Returns it."""
        line = self.text
        if line and (not self.history or self.history[-1] != line):
            self.history = [*self.history, line][-HISTORY_MAX:]
        self.abandon()
        return line

    def abandon(self) -> None:
        """Gives the line up."""
        self.text, self.cursor, self.back = "", 0, 0


class Terminal:
    """A terminal, as far as the editor needs one: a line, a cursor, and the bell."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.row: list[str] = []
        self.column = 0
        self.bells = 0

    def feed(self, data: bytes) -> None:
        text = data.decode("ascii")
        while text:
            if text.startswith("\033[H\033[2J"):
                text = text[7:]
                self.row, self.column, self.lines = [], 0, []
                continue
            self._put(text[0])
            text = text[1:]

    def _put(self, char: str) -> None:
        if char == "\b":
            assert self.column > 0, "backspace at the left edge"
            self.column -= 1
        elif char == "\a":
            self.bells += 1
        elif char == "\n":
            self.lines.append(self.line)
            self.row, self.column = [], 0
        else:
            assert char.isprintable(), f"unexpected byte {char!r}"
            assert self.column < COLUMNS - 1, "the last column was written"
            self.row += " " * (self.column + 1 - len(self.row))
            self.row[self.column] = char
            self.column += 1

    @property
    def line(self) -> str:
        """The cursor's row without the spaces at its end."""
        return "".join(self.row).rstrip()
