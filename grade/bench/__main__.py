"""Measures, and prints a table: `python3 -m bench [--json FILE] ARCH...`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.gdb_stub import StubError
from bench.operations import BenchError, Row, measure
from cairn.architectures import ARCHITECTURES
from cairn.build import BuildError
from cairn.explain import GuestFailure
from cairn.machine import MachineError


def show(rows: list[Row]) -> None:
    """A part for each architecture, a line for each operation."""
    table = Table(title="Guest instructions by operation", title_justify="left")
    table.add_column("arch", no_wrap=True)
    table.add_column("operation", no_wrap=True)
    table.add_column("instructions", justify="right")
    table.add_column("budget", justify="right")
    previous = ""
    for row in rows:
        if row.arch != previous:
            table.add_section()
        style = "green" if row.fits else "bold red"
        table.add_row(row.arch if row.arch != previous else "", row.name,
                      f"[{style}]{row.instructions:,}[/]", f"{row.budget:,}")
        previous = row.arch
    Console().print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    parser.add_argument("arches", nargs="+", choices=list(ARCHITECTURES), metavar="ARCH")
    options = parser.parse_args()
    try:
        rows = [row for arch in options.arches for row in measure(arch)]
    except (BenchError, BuildError, GuestFailure, MachineError, StubError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    if options.json:
        report = {"rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    show(rows)
    over = [row for row in rows if not row.fits]
    for row in over:
        print(f"over its budget on {row.arch}: {row.name}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
