"""What a grading must have come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

#: So much of a message is told.
LINES = 6
WIDTH = 160


class Want(Enum):
    """What an exercise must earn."""

    FULL = "all"
    NOTHING = "none"
    ANYTHING = "any"


def indented(text: str, most: int = LINES) -> str:
    """The first lines of a message, behind what is said of them."""
    lines = [line for line in text.splitlines() if line.strip()]
    more = [f"… and more: {len(lines) - most} lines"] if len(lines) > most else []
    return "".join(f"\n    {line[:WIDTH]}" for line in [*lines[:most], *more])


def judge_solved(exercise: dict[str, Any], because: str) -> Iterator[str]:
    """A solved exercise earns all its points."""
    points, most = exercise["points"], exercise["max_points"]
    if points == most:
        return
    failed = next((test for test in exercise["tests"] if not test["passed"]), None)
    why = f" {failed['id']}:{indented(failed['message'])}" if failed else ""
    yield f"exercise {exercise['id']}{because} earns {points} of {most} points.{why}"


def judge_stub(exercise: dict[str, Any]) -> Iterator[str]:
    """A stub earns nothing, and says that it is one, and the kernel goes on."""
    number = exercise["id"]
    if exercise["points"]:
        earning = [test["id"] for test in exercise["tests"] if test["points"]]
        yield (f"exercise {number} is a stub and earns {exercise['points']} of "
               f"{exercise['max_points']} points, by {', '.join(earning)}")
    for test in exercise["tests"]:
        if test["passed"]:
            continue
        if "panicked" in test["message"]:
            yield f"the kernel panics in {test['id']}:{indented(test['message'])}"
            return
        if not test["message"]:
            yield f"{test['id']} fails without a word"


def judge(report: dict[str, Any], want: Callable[[str], Want], stub: str = "") -> list[str]:
    """Everything that is not as it should be; `stub` is the one exercise that is a stub alone."""
    found = [f"the grader has a problem:{indented(text)}" for text in report.get("problems", [])]
    exercises = report.get("exercises", [])
    if not exercises:
        found.append("no exercise was graded")
    for exercise in exercises:
        wanted = want(exercise["id"])
        if wanted is Want.FULL:
            because = f", while {stub} alone is a stub," if stub else ""
            found += judge_solved(exercise, because)
        elif wanted is Want.NOTHING:
            found += judge_stub(exercise)
        if exercise["id"] == stub:
            silent = next((test for test in exercise["tests"] if not test["passed"] and
                           f"exercise {stub} is not implemented" not in test["message"]), None)
            if silent and silent["message"]:
                found.append(f"{silent['id']} fails and does not tell that exercise {stub} is not "
                             f"implemented:{indented(silent['message'])}")
    return found
