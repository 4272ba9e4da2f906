"""What `make mutants` tells: a table, and a page with every message for a person to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from cairn_labs.mutation.trial import Result, Verdict
from rich.console import Console
from rich.table import Table

COLUMNS = 100


def by_exercise(results: Sequence[Result]) -> dict[str, list[Result]]:
    """The results of each exercise, in order."""
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result.trial.solution.exercise, []).append(result)
    return found


def print_line(console: Console, result: Result) -> None:
    """One line for a solution, and what is wrong when something is."""
    style = "green" if result.verdict.is_good else "bold red"
    solution = result.trial.solution
    console.print(f"{result.verdict.value:9}", style=style, end="")
    kept = " (kept)" if result.is_kept else ""
    console.print(f"{solution.exercise} {solution.title}{kept}", highlight=False, markup=False)
    text = result.headline if result.verdict.is_good else result.message
    for line in text.splitlines():
        console.print(f"           {line}", style="dim", highlight=False, markup=False,
                      soft_wrap=True)


def print_table(console: Console, results: Sequence[Result]) -> None:
    """How many of each exercise's solutions were judged rightly."""
    table = Table(title="wrong solutions, and other right ones", box=None, title_justify="left")
    table.add_column("exercise")
    for name in ("wrong", "killed", "right", "accepted", "not as it should be"):
        table.add_column(name, justify="right")
    for number, group in by_exercise(results).items():
        wrong = [result for result in group if not result.trial.is_right]
        right = [result for result in group if result.trial.is_right]
        bad = sum(not result.verdict.is_good for result in group)
        table.add_row(number, str(len(wrong)),
                      str(sum(result.verdict is Verdict.KILLED for result in wrong)),
                      str(len(right)),
                      str(sum(result.verdict is Verdict.ACCEPTED for result in right)),
                      f"[bold red]{bad}[/]" if bad else "-")
    console.print(table)


def page_entry(result: Result) -> list[str]:
    """One solution on the page."""
    solution = result.trial.solution
    kind = "right" if result.trial.is_right else "wrong"
    lines = [f"### {solution.title}", "",
             f"{kind} · `{solution.file}` · {result.verdict.value}"
             + (f" · {result.test}" if result.test else ""), ""]
    if result.message:
        longest = max((len(run) for run in re.findall(r"`+", result.message)), default=0)
        fence = "`" * max(3, longest + 1)
        lines += [f"{fence}text", *result.message.splitlines(), fence, ""]
    return lines


def write_page(path: Path, arch: str, results: Sequence[Result]) -> None:
    """Writes all messages down."""
    lines = [f"# What wrong solutions are told on {arch}", "",
             "Read each message as the student who wrote that solution: does it say what is wrong?",
             ""]
    for number, group in by_exercise(results).items():
        lines += [f"## Exercise {number}", ""]
        for result in group:
            lines += page_entry(result)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")
