"""Messages of failed tests: what the student has to do stands first."""

from __future__ import annotations

import pytest
from cairn.explain import with_stubs
from cairn.plugin import exercise_of
from cairn.protocol import Todo

UART = Todo("1.1", "kernel/console/ns16550.c", 12)
START = Todo("1.1", "kernel/console/ns16550.c", 30)
FORMAT = Todo("1.2", "kernel/format/format_number.c", 14)
MAP = Todo("1.4", "kernel/boot/memory_map_normalise.c", 9)
TOO = "Exercises that are not implemented and were called too: "


@pytest.mark.parametrize("todos, exercise, expected", [
    ([], "1.4", ["asked"]),
    ([MAP, MAP], "1.4", [str(MAP), "asked"]),
    ([UART, FORMAT, START, MAP, UART], "1.4", [str(MAP), "asked", TOO + "1.1, 1.2"]),
    ([FORMAT, UART, START], "1.1", [str(UART), str(START), "asked", TOO + "1.2"]),
    ([FORMAT], "1.4", ["asked", TOO + "1.2"]),
    ([FORMAT], "", ["asked", TOO + "1.2"]),
])
def test_the_exercise_s_own_stub_comes_first(todos: list[Todo], exercise: str,
                                             expected: list[str]) -> None:
    assert with_stubs("asked", todos, exercise) == "\n".join(expected)


def test_every_test_has_its_exercise() -> None:
    assert exercise_of()["test_1_4_memory_map.py::test_rounds_to_whole_pages"] == "1.4"
