"""What `make course` tells: a line for each step, what failed and how to see it, and a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cairn_labs.course.stage import KINDS
from cairn_labs.proof.prover import Outcome, State
from cairn_labs.proof.steps import ALONE, MESSY, RELEASE, ROADS
from rich.console import Console
from rich.table import Table
from rich.text import Text

COLUMNS = 100
STYLES = {State.PROVED: "green", State.KEPT: "green dim", State.FAILED: "bold red",
          State.SKIPPED: "yellow"}


def print_outcome(console: Console, outcome: Outcome) -> None:
    """One line for a step, and all that is to be said when it failed."""
    seconds = f"{outcome.seconds:6.1f} s" if outcome.state is not State.SKIPPED else ""
    told = f"  {outcome.complaints[0]}" if outcome.state is State.SKIPPED else ""
    console.print(Text.assemble((f"{outcome.state.value:8}", STYLES[outcome.state]),
                                f"{outcome.step.title:44}{seconds}{told}"))
    if outcome.state is State.FAILED:
        print_failure(console, outcome)


def print_failure(console: Console, outcome: Outcome, briefly: bool = False) -> None:
    """What is wrong, the tree, and how to see it again."""
    for text in outcome.complaints:
        for line in text.splitlines()[:1] if briefly else text.splitlines():
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
    if console.is_interactive:  # Else the end of the bar has left a line free.
        console.print()
    console.print(table_of(outcomes))
    failed = [outcome for outcome in outcomes if outcome.state is State.FAILED]
    if failed:
        console.print("\nwhat failed, told above:", style="bold red")
        for outcome in failed:
            console.print(f"  {outcome.step.title}", highlight=False, markup=False)
            print_failure(console, outcome, briefly=True)
    kept = sum(outcome.state is State.KEPT for outcome in outcomes)
    skipped = sum(outcome.state is State.SKIPPED for outcome in outcomes)
    console.print(f"\n{len(outcomes)} steps in {seconds:.0f} s: "
                  f"{len(outcomes) - len(failed) - skipped} proved, {kept} of them kept from "
                  f"earlier; {len(failed)} failed, {skipped} not tried", highlight=False)
