"""Command line of the labs, for make and for hand.

    python -m cairn_labs list                                  the labs and their exercises
    python -m cairn_labs check                                 what is wrong with the sources
    python -m cairn_labs stub 1.4 1.5 OUT                      the whole tree with stubs in it
    python -m cairn_labs stage --lab 1 --kind handout OUT      the tree of a lab, as students get it
    python -m cairn_labs release --lab 1 TO                    its branch in the class's repository
    python -m cairn_labs errata TO                             corrections of what is released
    python -m cairn_labs grade-handin FILE -- --seed 7         the marks of what a student handed in
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from cairn_labs.course.checks import problems
from cairn_labs.course.handin import grade_handin
from cairn_labs.course.leaks import checked_stage
from cairn_labs.course.publish import Published, correct, publish
from cairn_labs.course.sources import Course
from cairn_labs.course.stage import KINDS, write_tree
from cairn_labs.description import read_labs
from cairn_labs.errors import SourceError
from cairn_labs.tree import PROJECT, stub_tree


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cairn_labs", description="The labs as data.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="list the labs and their exercises")
    commands.add_parser("check", help="tell what is wrong with the sources")
    stage = commands.add_parser("stage", help="write the tree of a lab")
    stage.add_argument("--lab", type=int, required=True)
    stage.add_argument("--kind", choices=KINDS, required=True)
    stage.add_argument("--stub", default="", help="further exercises that shall be stubs: 1.3,1.4")
    stage.add_argument("out", type=Path, help="a folder that is new or empty")
    release = commands.add_parser("release", help="publish a lab")
    release.add_argument("--lab", type=int, required=True)
    release.add_argument("--kind", choices=KINDS, default=KINDS[0])
    release.add_argument("to", help="the class's repository")
    errata = commands.add_parser("errata", help="publish corrections of released labs")
    errata.add_argument("to", help="the class's repository")
    handin = commands.add_parser("grade-handin", help="grade what a student handed in")
    handin.add_argument("--lab", type=int, help="default: the one that it was packed for")
    handin.add_argument("--arch", default="", help="default: the one that the student chose")
    handin.add_argument("file", type=Path)
    handin.add_argument("rest", nargs=argparse.REMAINDER, help="for the grader, after `--`")
    stub = commands.add_parser("stub", help="copy the tree with some exercises as stubs")
    stub.add_argument("exercise", nargs="+", help="an exercise's number, or `all`")
    stub.add_argument("out", type=Path, help="a folder that is new or empty")
    return parser


def list_labs() -> None:
    for lab in read_labs(PROJECT):
        print(f"Lab {lab.number:02}: {lab.title}")
        for exercise in lab.exercises:
            print(f"  {exercise.id}  {exercise.points:3} points  {exercise.title}")


def say(errors: Iterable[SourceError]) -> int:
    """Tells what is wrong; the exit status."""
    status = 0
    for error in errors:
        print(f"cairn_labs: {error}", file=sys.stderr)
        status = 1
    return status


def stage(options: argparse.Namespace) -> int:
    """Writes a lab's tree, if the sources are sound and nothing secret gets into it."""
    course = Course(PROJECT)
    status = say(problems(course))
    if status == 0:
        stubs = [number for number in options.stub.split(",") if number]
        tree, leaks = checked_stage(course, options.lab, options.kind, stubs)
        status = say(leaks)
    if status == 0:
        write_tree(tree, options.out)
        print(f"{options.out}: lab {options.lab}, {options.kind}, {len(tree)} files")
    return status


def release(options: argparse.Namespace) -> int:
    """Publishes a lab, or corrections."""
    course = Course(PROJECT)
    status = say(problems(course))
    if status != 0:
        return status
    done: list[Published]
    if options.command == "errata":
        done = correct(course, options.to)
    else:
        done = publish(course, options.to, options.lab, options.kind)
    for entry in done:
        print(f"{options.to}: {entry.branch} is at {entry.commit[:12]}")
    if not done:
        print(f"{options.to}: nothing is new")
    return 0


def main() -> int:
    options = arguments().parse_args()
    try:
        if options.command == "list":
            list_labs()
            return 0
        if options.command == "check":
            return say(problems(Course(PROJECT)))
        if options.command == "stage":
            return stage(options)
        if options.command in ("release", "errata"):
            return release(options)
        if options.command == "grade-handin":
            rest = [word for word in options.rest if word != "--"]
            return grade_handin(Course(PROJECT), options.file, options.lab, options.arch, rest)
        numbers = list(options.exercise)
        if numbers == ["all"]:
            numbers = [exercise.id for lab in read_labs(PROJECT) for exercise in lab.exercises]
        for name in stub_tree(PROJECT, options.out, numbers):
            print(name)
    except SourceError as error:
        return say([error])
    return 0


if __name__ == "__main__":
    sys.exit(main())
