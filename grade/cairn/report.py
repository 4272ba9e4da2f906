"""The marks for people: a table, and what to do about each test that failed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cairn.outputs import Submission
from cairn.results import ExerciseResult, Results, TestResult
from cairn.session import Session
from cairn.stretches import longest

IGNORED = "These files are the course's, or in no place of yours. They were not graded:"
ALTERED = (
    "These files are the course's and you changed or removed them. This tree has no originals and\n"
    "was graded without them. THE OFFICIAL MARK WILL USE THE ORIGINALS, and may differ:"
)
IGNORED_SHOWN = 12
STYLES = {"failed": "red", "skipped": "yellow", "passed": "green"}


def verdict(exercise: ExerciseResult | None, test: TestResult) -> Text:
    """One word for a test."""
    if test.passed and exercise is not None and exercise.earned(test) < test.points:
        return Text("held back", style="yellow")
    return Text(test.verdict, style=STYLES[test.verdict])


def marks_table(results: Results) -> Table:
    """A line for each exercise, and below it a row for each of its tests."""
    table = Table(box=None, pad_edge=False)
    table.add_column("exercise and test", overflow="fold")
    table.add_column("result", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("instructions", justify="right", no_wrap=True)
    for exercise in results.exercises:
        title = Text(f"{exercise.exercise.id} {exercise.exercise.title}", style="bold")
        marks = Text(f"{exercise.points}/{exercise.max_points}", style="bold")
        table.add_row(title, "", marks, "")
        for test in exercise.tests:
            points = f"{exercise.earned(test)}/{test.points}" if test.points else "-"
            table.add_row(test_title(test), verdict(exercise, test), points, count_of(test))
    if results.extra:
        table.add_row(Text("further tests", style="bold"), "", "", "")
    for test in results.extra:
        table.add_row(test_title(test), verdict(None, test), "", count_of(test))
    return table


def test_title(test: TestResult) -> str:
    """A test's name below its exercise."""
    return "    " + test.id.partition("::")[2]


def count_of(test: TestResult) -> str:
    """A test's instructions, empty when it never got to count."""
    return f"{test.guest_instructions:,}" if test.guest_instructions else ""


def print_failures(console: Console, results: Results) -> None:
    """What came of each test that failed."""
    groups: list[tuple[ExerciseResult | None, list[TestResult]]] = [
        (exercise, exercise.tests) for exercise in results.exercises
    ]
    for exercise, tests in [*groups, (None, results.extra)]:
        for test in tests:
            if test.passed:
                continue
            name = f"exercise {exercise.exercise.id}, " if exercise else ""
            console.print(f"\n{name}{test.id}", style="bold red", markup=False, highlight=False)
            for line in test.message.splitlines():
                console.print("  " + line, markup=False, highlight=False, soft_wrap=True)
        if exercise and not exercise.positives_pass:
            held = [t.id.partition("::")[2] for t in tests if t.passed and t.negative and t.points]
            if held:
                text = f"\nheld back until the other tests of {exercise.exercise.id} pass: "
                console.print(text + ", ".join(held), style="yellow", highlight=False)


def print_skipped(console: Console, results: Results) -> None:
    """Why tests were skipped, a line for each."""
    tests = [test for entry in results.exercises for test in entry.tests] + results.extra
    for test in tests:
        if test.skipped:
            name = test.id.partition("::")[2]
            console.print(f"\nskipped {name}: {test.skipped}", style="yellow", markup=False,
                          highlight=False, soft_wrap=True)


def print_files(console: Console, text: str, names: Sequence[str]) -> None:
    """Some of the files that a text is about; nothing when there are none."""
    if not names:
        return
    console.print("\n" + text, style="yellow", markup=False, highlight=False)
    for name in names[:IGNORED_SHOWN]:
        console.print("  " + name, markup=False, highlight=False)
    if len(names) > IGNORED_SHOWN:
        console.print(f"  … and {len(names) - IGNORED_SHOWN} more", highlight=False)


def print_report(
    session: Session, results: Results, repeat: str, submission: Submission = Submission()
) -> None:
    """Prints everything."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=100)
    labs = ", ".join(f"lab {lab.number:02}, {lab.title}" for lab in results.labs)
    build = session.arch + (", with sanitizer" if session.sanitized else "")
    console.print(f"{labs} on {build}, seed {session.seed}\n", style="bold", highlight=False)
    console.print(marks_table(results))
    print_failures(console, results)
    print_skipped(console, results)
    print_files(console, IGNORED, submission.ignored)
    print_files(console, ALTERED, submission.altered)
    if told := longest(session.folder, session.arch):
        console.print("\n" + told, markup=False, highlight=False, soft_wrap=True)
    style = "bold green" if results.full else "bold red"
    console.print(
        f"\n{results.points} of {results.max_points} points", style=style, highlight=False
    )
    if not results.full:
        console.print(f"The same again:       {repeat}", highlight=False, markup=False)
        replay = repeat.replace(" grade ", " replay ", 1)
        console.print(f"One test in GDB:      {replay} TEST=<name>", highlight=False, markup=False)
        console.print(f"Logs of the failures: {session.logs}", highlight=False, markup=False)
