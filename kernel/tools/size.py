#!/usr/bin/env python3
"""Shows how large the kernel is: lines of source by folder, bytes of image by section.

A line counts when it is neither blank nor comment; kernel/ counts without probes, monitor and
tools, and an architecture's folder without its part of the monitor. Of the image everything counts
that stays in memory, so not what lies in .init and is freed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from elftools.elf.elffile import ELFFile
from rich.console import Console
from rich.table import Table

LINE_BUDGET = 15_000
IMAGE_BUDGET = 50_000
# The lines are over their budget now. Until they are within it again, they may not grow.
LINE_CEILING = 15_650

KERNEL = Path("kernel")
NOT_COUNTED = {"probe", "monitor", "tools", "own"}
SUFFIXES = {".c", ".h", ".S", ".def", ".ld"}

# Comments, and the strings that might hold something that looks like one.
TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


def without_comments(text: str) -> str:
    """The text with its comments blanked out, line by line."""
    def blank(match: re.Match[str]) -> str:
        token = match.group()
        return "\n" * token.count("\n") if token.startswith("/") else token
    return TOKEN.sub(blank, text)


def count_lines(path: Path) -> int:
    return sum(1 for line in without_comments(path.read_text()).splitlines() if line.strip())


def folder_of(path: Path) -> str:
    """Architectures are shown apart, everything else by subsystem."""
    parts = path.relative_to(KERNEL).parts
    if parts[0] == "arch" and len(parts) > 2:
        return f"kernel/arch/{parts[1]}"
    return f"kernel/{parts[0]}" if len(parts) > 1 else "kernel"


def lines_by_folder() -> dict[str, int]:
    lines: Counter[str] = Counter()
    for path in KERNEL.rglob("*"):
        if path.suffix in SUFFIXES and NOT_COUNTED.isdisjoint(path.relative_to(KERNEL).parts):
            lines[folder_of(path)] += count_lines(path)
    return dict(sorted(lines.items()))


def image_sections(elf_path: Path) -> dict[str, int]:
    """Bytes of the sections that are loaded, .bss left out: it takes no room in the image."""
    with elf_path.open("rb") as stream:
        return {
            section.name: section["sh_size"]
            for section in ELFFile(stream).iter_sections()
            if section["sh_flags"] & 2 and section["sh_type"] != "SHT_NOBITS" and section["sh_size"]
        }


def stays(section: str) -> bool:
    return not section.startswith(".init")


def image_report(elf_path: Path) -> dict[str, Any]:
    sections = image_sections(elf_path)
    return {
        "arch": elf_path.parent.parent.name,
        "sections": sections,
        "bytes": sum(size for name, size in sections.items() if stays(name)),
        "budget": IMAGE_BUDGET,
    }


def verdict(value: int, budget: int) -> str:
    style = "green" if value < budget else "bold red"
    return f"[{style}]{value / budget:.0%} of {budget:,}[/]"


def lines_table(report: dict[str, Any]) -> Table:
    table = Table(title="Lines, all architectures", title_justify="left")
    table.add_column("folder")
    table.add_column("lines", justify="right")
    table.add_column("budget", justify="right")
    for folder, count in report["folders"].items():
        table.add_row(folder, f"{count:,}")
    table.add_section()
    table.add_row("total", f"{report['total']:,}", verdict(report["total"], report["budget"]))
    return table


def images_table(images: list[dict[str, Any]]) -> Table:
    table = Table(title="Image, release build: bytes by section", title_justify="left")
    table.add_column("section")
    for image in images:
        table.add_column(image["arch"], justify="right")
    names = list(dict.fromkeys(name for image in images for name in image["sections"]))
    for name in sorted(names, key=lambda name: not stays(name)):
        sizes = [f"{image['sections'].get(name, 0):,}" for image in images]
        table.add_row(name if stays(name) else f"({name}, freed)", *sizes)
    table.add_section()
    table.add_row("what stays", *(f"{image['bytes']:,}" for image in images))
    table.add_row("budget", *(verdict(image["bytes"], image["budget"]) for image in images))
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("elf", type=Path, nargs="+", help="build/<arch>/release/kernel.elf")
    options = parser.parse_args()

    folders = lines_by_folder()
    total = sum(folders.values())
    lines = {"folders": folders, "total": total, "budget": LINE_BUDGET}
    images = [image_report(path) for path in options.elf]
    if options.json:
        options.json.write_text(json.dumps({"lines": lines, "images": images}, indent=2) + "\n")

    console = Console()
    console.print(lines_table(lines))
    console.print(images_table(images))
    if total >= LINE_BUDGET:
        console.print(f"[bold red]over the budget:[/] lines; at most {LINE_CEILING:,} for now")
    for image in images:
        if image["bytes"] >= image["budget"]:
            console.print(f"[bold red]over the budget:[/] the image for {image['arch']}")
    fits = total < max(LINE_BUDGET, LINE_CEILING) and all(
        image["bytes"] < image["budget"] for image in images)
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(main())
