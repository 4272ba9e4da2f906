#!/usr/bin/env python3
"""Writes compile_commands.json: how each source is compiled, for editors and analysers.

Format: https://clang.llvm.org/docs/JSONCompilationDatabase.html
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--c", required=True, help="compiler and flags for C")
    parser.add_argument("--assembly", required=True, help="compiler and flags for assembly")
    parser.add_argument("sources", nargs="+")
    options = parser.parse_args()

    directory = str(Path.cwd())
    commands = []
    for source in options.sources:
        flags = options.c if source.endswith(".c") else options.assembly
        commands.append({
            "directory": directory,
            "file": source,
            "arguments": [*flags.split(), "-c", source],
        })
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(commands, indent=1) + "\n")


if __name__ == "__main__":
    main()
