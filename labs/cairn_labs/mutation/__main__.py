"""The command line of `make mutants`."""

from __future__ import annotations

import argparse
import os
import queue
import signal
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from cairn_labs.errors import SourceError
from cairn_labs.mutation.choice import choose
from cairn_labs.mutation.report import COLUMNS, print_line, print_table, write_page
from cairn_labs.mutation.trial import Result, Trial, run
from cairn_labs.mutation.workspace import Workspace
from cairn_labs.proof.cache import Cache
from cairn_labs.tree import PROJECT
from rich.console import Console

SEED = 20260101
KEPT = PROJECT / "build" / "mutants" / "kept"


def parser() -> argparse.ArgumentParser:
    """What may be asked."""
    top = argparse.ArgumentParser(prog="mutants", description=__doc__)
    top.add_argument("--arch", required=True)
    top.add_argument("--lab", default="", help="a number; default: all of them")
    top.add_argument("--exercise", default="", help="its number; default: all of them")
    top.add_argument("--full", action="store_true", help="try all, not only a few of each")
    top.add_argument("--fresh", action="store_true", help="take nothing from earlier runs")
    top.add_argument("--seed", type=int, default=SEED, help="what the tests draw their inputs from")
    top.add_argument("--jobs", type=int, default=0, help="default: one for each processor")
    return top


def try_all(trials: list[Trial], options: argparse.Namespace, folder: Path) -> Iterator[Result]:
    """Tries everything, with a copy of the project for each worker; gives results as they come."""
    cache = Cache(KEPT, options.fresh)
    cache.sweep()
    jobs = min(options.jobs or len(os.sched_getaffinity(0)), len(trials))
    free: queue.SimpleQueue[Workspace] = queue.SimpleQueue()
    for number in range(jobs):
        free.put(Workspace(folder / f"worker{number}", options.arch, options.seed))

    def task(trial: Trial) -> Result:
        workspace = free.get()
        try:
            return run(trial, workspace, cache)
        finally:
            free.put(workspace)

    with ThreadPoolExecutor(jobs) as pool:
        tasks = [pool.submit(task, trial) for trial in trials]
        try:
            for done in as_completed(tasks):
                yield done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def main() -> int:
    """Returns the exit status: 0 only when every verdict is as it should be."""
    options = parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console()
    if not console.is_terminal:
        console = Console(width=COLUMNS)
    try:
        trials = choose(PROJECT, options.arch, options.lab, options.exercise, options.full)
        if not trials:
            raise SourceError("labs", 0, f"there is nothing to try on {options.arch}")
        results = {}
        with tempfile.TemporaryDirectory(prefix="cairn-mutants-") as folder:
            for result in try_all(trials, options, Path(folder)):
                results[result.trial] = result
                print_line(console, result)
    except SourceError as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nmutants: interrupted", file=sys.stderr)
        return 130
    ordered = [results[trial] for trial in trials]
    page = PROJECT / "build" / "mutants" / f"{options.arch}.md"
    write_page(page, options.arch, ordered)
    console.print()
    print_table(console, ordered)
    console.print(f"\nevery message: {page.relative_to(PROJECT)}", highlight=False)
    return 0 if all(result.verdict.is_good for result in ordered) else 1


if __name__ == "__main__":
    sys.exit(main())
