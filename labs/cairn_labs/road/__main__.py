"""Command line of the student's road: `python -m cairn_labs.road merge --lab 2`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cairn_labs.errors import SourceError
from cairn_labs.road.exercises import adopt, handin, hint
from cairn_labs.road.grade import grade
from cairn_labs.road.merge import merge, restart, target_lab
from cairn_labs.road.submission import OWN, REFERENCE, own_files
from cairn_labs.road.work import Trouble, Work

PROJECT = Path(__file__).resolve().parents[3]


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cairn_labs.road", description="From lab to lab.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("merge", "restart", "handin", "grade"):
        command = commands.add_parser(name)
        command.add_argument("--lab", type=int)
        command.add_argument("--course", default="", help="the class's repository")
    command.add_argument("--base", choices=(OWN, REFERENCE), default=OWN)
    command.add_argument("rest", nargs=argparse.REMAINDER, help="for the grader, after `--`")
    commands.add_parser("own", help="list the student's own files")
    for name in ("hint", "adopt"):
        command = commands.add_parser(name)
        command.add_argument("exercise")
        command.add_argument("--course", default="", help="the class's repository")
    return parser


def run(options: argparse.Namespace) -> int:
    """Does what was asked."""
    work = Work(PROJECT)
    if options.command == "grade":
        rest = [word for word in options.rest if word != "--"]
        return grade(work, target_lab(work, options.lab), options.base, rest)
    if options.command == "own":
        print("\n".join(own_files(work)))
    elif options.command == "merge":
        merge(work, options.lab, options.course, print)
    elif options.command == "restart":
        restart(work, options.lab, options.course, print)
    elif options.command == "handin":
        handin(work, options.lab, print)
    elif options.command == "hint":
        hint(work, options.exercise, print)
    else:
        adopt(work, options.exercise, options.course, print)
    return 0


def main() -> int:
    options = arguments().parse_args()
    try:
        return run(options)
    except (Trouble, SourceError) as error:
        print(f"make {options.command}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
