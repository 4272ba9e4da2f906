"""`make course`: proves what a change touches and a canary for the rest, or everything.

    PYTHONPATH=labs:grade python -m cairn_labs.proof --lab 1 --arch riscv64 --full
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cairn_labs.course.checks import problems
from cairn_labs.course.sources import Course
from cairn_labs.errors import SourceError
from cairn_labs.proof.choice import (ARCHES, Choice, changed_files, choose, commit_count,
                                     in_rotation, narrowed)
from cairn_labs.proof.prover import PLACE, Outcome, Prover, State
from cairn_labs.proof.report import COLUMNS, print_end, print_outcome
from cairn_labs.proof.roads import GIT
from cairn_labs.proof.schedule import run_steps
from cairn_labs.proof.steps import Step, plan
from cairn_labs.proof.workbench import Processes
from cairn_labs.tree import PROJECT
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

SEED = 20260101
TROUBLE = 2
INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """What may be asked."""
    top = argparse.ArgumentParser(prog="course", description=__doc__)
    top.add_argument("--lab", default="", help="this one alone, fully; default: all of them")
    top.add_argument("--arch", default="", choices=("", *ARCHES), help="this one alone")
    top.add_argument("--full", action="store_true", help="prove everything")
    top.add_argument("--fresh", action="store_true", help="take nothing from earlier runs")
    top.add_argument("--since", default="", help="the commit that the change began at")
    top.add_argument("--seed", type=int, default=SEED, help="what the tests draw their inputs from")
    top.add_argument("--jobs", type=int, default=0, help="default: one for each processor")
    return top


def chosen(course: Course, options: argparse.Namespace) -> Choice:
    """What is to be proved. Raises SourceError for a wrong wish."""
    numbers = [lab.number for lab in course.labs]
    if options.lab in ("", "all"):
        wanted = numbers
    elif options.lab.isdigit():
        wanted = [course.lab(int(options.lab)).number]
    else:
        raise SourceError("LAB", 0, f"{options.lab!r} is not the number of a lab")
    if options.full:
        every = frozenset((lab, arch) for lab in numbers for arch in ARCHES)
        return narrowed(Choice(every, frozenset(), "everything"), wanted, options.arch)
    rotating = options.arch or in_rotation(commit_count(course.project))
    if options.lab not in ("", "all"):
        pairs = frozenset((lab, rotating) for lab in wanted)
        return Choice(pairs, frozenset(), f"lab {options.lab} on {rotating}")
    changed = changed_files(course.project, options.since)
    choice = choose(numbers, lambda name: [lab.number for lab in course.claims(name)], changed,
                    rotating)
    return narrowed(choice, wanted, options.arch)


def show(console: Console, steps: list[Step], prover: Prover, jobs: int,
         processes: Processes) -> list[Outcome]:
    """Proves every step, with a line for each, and at a terminal a bar below them."""
    outcomes = []
    with Progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console,
                  transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=len(steps))
        for outcome in run_steps(steps, prover.prove, jobs, processes.stop):
            outcomes.append(outcome)
            print_outcome(console, outcome)
            progress.advance(task)
    return outcomes


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """Keeps a second proof out of the same folders."""
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SourceError(PLACE, 0, "another `make course` is at work here") from error
        yield


def prove(console: Console, options: argparse.Namespace) -> int:
    """Proves what was asked for; the exit status."""
    began = time.monotonic()
    course = Course(PROJECT)
    unsound = problems(course)
    for problem in unsound:
        print(f"course: {problem}", file=sys.stderr)
    if unsound:
        return TROUBLE
    choice = chosen(course, options)
    steps = plan(course.labs, choice)
    jobs = options.jobs or len(os.sched_getaffinity(0))
    processes = Processes()
    prover = Prover(course, options.seed, jobs, options.fresh, processes)
    prover.cache.sweep()
    console.print(f"{choice.why}: {len(steps)} steps, {jobs} at a time\n", highlight=False)
    outcomes = show(console, steps, prover, jobs, processes)
    print_end(console, outcomes, time.monotonic() - began)
    return 0 if all(each.state in (State.PROVED, State.KEPT) for each in outcomes) else 1


def main() -> int:
    """Returns the exit status: 0 only when everything is proved."""
    options = parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.update(GIT)
    console = Console()
    if not console.is_terminal:
        console = Console(width=COLUMNS)
    try:
        with alone(PROJECT / PLACE):
            return prove(console, options)
    except SourceError as error:
        print(f"course: {error}", file=sys.stderr)
        return TROUBLE
    except KeyboardInterrupt:
        print("\ncourse: interrupted", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
