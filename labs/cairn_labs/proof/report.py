"""What `make course` tells: a line for each step, what failed and how to see it, and a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cairn_labs.course.stage import KINDS
from cairn_labs.proof.prover import Outcome, State
from cairn_labs.proof.steps import ALONE, MESSY, RELEASE, ROADS
from rich.console import Console
from rich.table import Table

COLUMNS = 100
STYLES = {State.PROVED: "green", State.KEPT: "green dim", State.FAILED: "bold red",
          State.SKIPPED: "yellow"}


def print_outcome(console: Console, outcome: Outcome) -> None:
    """One line for a step, and all that is to be said when it failed."""
    console.print(f"{outcome.state.value:8}", style=STYLES[outcome.state], end="")
    seconds = f"{outcome.seconds:6.1f} s" if outcome.state is not State.SKIPPED else ""
    told = f"  {outcome.complaints[0]}" if outcome.state is State.SKIPPED else ""
    console.print(f"{outcome.step.title:44}{seconds}{told}", highlight=False, markup=False)
    if outcome.state is State.FAILED:
        print_failure(console, outcome)


def print_failure(console: Console, outcome: Outcome) -> None:
    """What is wrong, the tree, and how to see it again."""
    for text in outcome.complaints:
        for line in text.splitlines():
            console.print(f"        {line}", highlight=False, markup=False, soft_wrap=True)
    for command in outcome.commands:
        console.print(f"      $ {command}", style="bold", highlight=False, markup=False,
                      soft_wrap=True)


def cell(outcomes: Sequence[Outcome]) -> str:
    """Some steps in a few words."""
    if not outcomes:
        return "-"
    if len(outcomes) == 1:
        state = outcomes[0].state
        return f"[{STYLES[state]}]{state.value}[/]"
    parts = []
    for state in State:
        count = sum(outcome.state is state for outcome in outcomes)
        if count:
            parts.append(f"[{STYLES[state]}]{count} {state.value}[/]")
    return ", ".join(parts)


def table_of(outcomes: Iterable[Outcome]) -> Table:
    """Every lab on every architecture, and the roads."""
    rows: dict[tuple[int, str], list[Outcome]] = {}
    for outcome in outcomes:
        rows.setdefault((outcome.step.lab, outcome.step.arch), []).append(outcome)
    kinds = [kind for kind in (*KINDS, ALONE, MESSY, *ROADS[1:])
             if any(each.step.kind == kind for row in rows.values() for each in row)]
    table = Table(box=None)
    for name in ("lab", "architecture", *kinds):
        table.add_column(name)
    for (lab, arch), row in sorted(rows.items()):
        if [each.step.kind for each in row] != [RELEASE]:
            cells = [cell([each for each in row if each.step.kind == kind]) for kind in kinds]
            table.add_row(f"{lab:02}", arch or "any", *cells)
    return table


def print_end(console: Console, outcomes: Sequence[Outcome], seconds: float) -> None:
    """The table, the failures once more, and a last line."""
    console.print()
    console.print(table_of(outcomes))
    failed = [outcome for outcome in outcomes if outcome.state is State.FAILED]
    if len(outcomes) > len(failed) and failed:
        console.print("\nwhat failed:", style="bold red")
        for outcome in failed:
            console.print(f"  {outcome.step.title}", highlight=False, markup=False)
            print_failure(console, outcome)
    kept = sum(outcome.state is State.KEPT for outcome in outcomes)
    skipped = sum(outcome.state is State.SKIPPED for outcome in outcomes)
    console.print(f"\n{len(outcomes)} steps in {seconds:.0f} s: "
                  f"{len(outcomes) - len(failed) - skipped} proved, {kept} of them kept from "
                  f"earlier; {len(failed)} failed, {skipped} not tried", highlight=False)
