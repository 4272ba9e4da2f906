"""Which lines of the kernel's pure code the host tests reach: `python3 -m host.coverage FOLDER`.

FOLDER holds host/, programs built for coverage, and profiles/, what they noted while they ran. A
page for each source is written to FOLDER/html.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

# Of a file's lines, in percent.
LEAST = 95.0


class CoverageError(Exception):
    """There is nothing to show."""


@dataclass(frozen=True)
class Covered:
    """A source of the kernel."""

    name: str
    lines: int
    reached: int

    @property
    def percent(self) -> float:
        return 100.0 * self.reached / self.lines if self.lines else 100.0


def run(*command: str | Path) -> str:
    """What a tool prints; it must succeed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise CoverageError(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout


def programs_of(folder: Path) -> list[Path]:
    """The programs that were run."""
    return sorted(path for path in (folder / "host").glob("*")
                  if path.is_file() and os.access(path, os.X_OK))


def merge(folder: Path) -> Path:
    """One profile of all that the programs noted."""
    profiles = sorted((folder / "profiles").glob("*.profraw"))
    if not profiles:
        raise CoverageError(f"no program has noted anything in {folder}/profiles")
    merged = folder / "merged.profdata"
    run("llvm-profdata", "merge", "-sparse", *profiles, "-o", merged)
    return merged


def arguments_of(folder: Path, profile: Path) -> list[str]:
    """What llvm-cov needs to know."""
    programs = programs_of(folder)
    if not programs:
        raise CoverageError(f"no programs in {folder}/host")
    others = [word for program in programs[1:] for word in ("-object", str(program))]
    return [f"-instr-profile={profile}", str(programs[0]), *others]


def measured(arguments: list[str]) -> list[Covered]:
    """Every source of the kernel in these programs, with its lines."""
    report = json.loads(run("llvm-cov", "export", "-summary-only", *arguments))
    found = []
    for entry in report["data"][0]["files"]:
        path = Path(entry["filename"])
        name = path.relative_to(Path.cwd()) if path.is_absolute() else path
        if name.parts[0] == "kernel" and name.suffix == ".c":
            lines = entry["summary"]["lines"]
            found.append(Covered(str(name), lines["count"], lines["covered"]))
    return sorted(found, key=lambda entry: entry.name)


def show(files: list[Covered], total: Covered) -> None:
    """A line for each source, and the sum."""
    table = Table(title="Lines reached on the host", title_justify="left", show_footer=True)
    table.add_column("source", footer="total")
    for title, footer in (("lines", f"{total.lines:,}"), ("reached", f"{total.reached:,}"),
                          ("percent", f"{total.percent:.1f}")):
        table.add_column(title, footer=footer, justify="right")
    for entry in files:
        style = "green" if entry.percent >= LEAST else "bold red"
        table.add_row(entry.name, f"{entry.lines:,}", f"{entry.reached:,}",
                      f"[{style}]{entry.percent:.1f}[/]")
    Console().print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    try:
        arguments = arguments_of(options.folder, merge(options.folder))
        files = measured(arguments)
        run("llvm-cov", "show", "-format=html", f"-output-dir={options.folder / 'html'}",
            *arguments, *(entry.name for entry in files))
    except (CoverageError, OSError) as error:
        print(f"coverage: {error}", file=sys.stderr)
        return 1
    total = Covered("total", sum(entry.lines for entry in files),
                    sum(entry.reached for entry in files))
    show(files, total)
    print(f"All lines with their counts: {options.folder / 'html' / 'index.html'}")
    if options.json:
        options.json.write_text(json.dumps({"files": [asdict(entry) for entry in files]}, indent=2)
                                + "\n")
    low = [entry for entry in files if entry.percent < LEAST]
    for entry in low:
        print(f"below {LEAST:.0f} %: {entry.name}")
    return 1 if low or not files else 0


if __name__ == "__main__":
    sys.exit(main())
