"""Measures, and prints a table: `python3 -m bench [--lab LAB] [--json FILE] ARCH...`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.gdb_stub import StubError
from bench.operations import Row, grown, measure
from bench.rows import BenchError, Wanted, wanted_rows
from cairn.architectures import ARCHITECTURES
from cairn.build import BuildError
from cairn.explain import GuestFailure
from cairn.machine import MachineError


def count_cell(row: Row) -> str:
    """What it took, or why that is not known."""
    style = "green" if row.fits else "bold red"
    text = row.failure if row.instructions is None else f"{row.instructions:,}"
    return f"[{style}]{text}[/]"


def show(rows: Sequence[Row]) -> None:
    """A part for each architecture and lab, a line for each operation."""
    table = Table(title="What operations cost", title_justify="left")
    table.add_column("arch", no_wrap=True)
    table.add_column("lab", no_wrap=True)
    table.add_column("operation")
    units = {row.unit for row in rows}
    measured = units.copy().pop() if len(units) == 1 else "measured"
    table.add_column(measured, justify="right", no_wrap=True)
    table.add_column("budget", justify="right", no_wrap=True)
    if len(units) > 1:
        table.add_column("unit")
    with_peers = any(row.peers for row in rows)
    if with_peers:
        table.add_column("peers")
    previous = ("", 0)
    for row in rows:
        if (row.arch, row.lab) != previous:
            table.add_section()
        peers = ", ".join(f"{name} {count:,}" for name, count in row.peers.items())
        table.add_row(
            row.arch if row.arch != previous[0] else "",
            f"{row.lab:02}" if (row.arch, row.lab) != previous else "",
            row.name, count_cell(row), f"{row.budget:,}",
            *([row.unit] if len(units) > 1 else []), *([peers] if with_peers else []))
        previous = (row.arch, row.lab)
    Console().print(table)


def show_sources(wanted: Sequence[Wanted]) -> None:
    """Where the peers' numbers come from."""
    for name, source in sorted({(peer.name, peer.source) for row in wanted for peer in row.peers}):
        print(f"{name}: {source}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lab", default="", help="only the rows of this lab")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    parser.add_argument("arches", nargs="+", choices=list(ARCHITECTURES), metavar="ARCH")
    options = parser.parse_args()
    try:
        wanted = wanted_rows(options.lab)
        rows = [row for arch in options.arches for row in measure(arch, wanted)]
    except (BenchError, BuildError, GuestFailure, MachineError, StubError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    if options.json:
        report = {"rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    show(rows)
    show_sources(wanted)
    complaints = grown(wanted, rows)
    complaints += [f"over its budget on {row.arch}: {row.name}" for row in rows
                   if row.instructions is not None and not row.fits]
    complaints += [f"could not be done on {row.arch}: {row.name}: {row.failure}" for row in rows
                   if row.instructions is None]
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
