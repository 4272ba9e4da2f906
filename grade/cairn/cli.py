"""The command line: `python -m cairn grade|run|gdb|replay`, which make calls."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from cairn.architectures import ARCHITECTURES, processors_of_host
from cairn.build import BuildError
from cairn.machine import MachineError
from cairn.objects import Refused
from cairn.scheme import SchemeError

EXIT_FAILED = 1
EXIT_TROUBLE = 2
EXIT_REFUSED = 3
EXIT_INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """What may be asked."""
    top = argparse.ArgumentParser(prog="cairn", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    for name, text in (
        ("grade", "grade labs"),
        ("replay", "run one test from a recording under GDB"),
        ("run", "boot a kernel at this terminal"),
        ("gdb", "boot a kernel under GDB"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--arch", choices=sorted(ARCHITECTURES), required=True)
        command.add_argument("--sanitized", action="store_true", help="the kernel built with SAN=1")
        if name in ("grade", "replay"):
            add_grading(command)
        else:
            add_machine(command)
    return top


def add_grading(command: argparse.ArgumentParser) -> None:
    """Options of grade and replay."""
    command.add_argument("--lab", default="", help="a number, or all; default: the last one")
    command.add_argument("--seed", type=int, help="default: a new one")
    command.add_argument("--test", default="", help="a part of a test's name, or an exercise")
    command.add_argument("--extra", type=Path, help="a folder with further tests/ and probes/")
    command.add_argument("--first-failure", action="store_true", help="end there")
    command.add_argument("--submission", type=Path, help="a student's, by cairn_labs.road")
    command.add_argument("--jobs", type=int, default=0, help="default: one for each processor")
    for name in ("json", "junit", "gradescope"):
        command.add_argument(f"--{name}", type=Path, help=f"write a {name} report to this file")


def add_machine(command: argparse.ArgumentParser) -> None:
    """Options of run and gdb."""
    command.add_argument("--variant", default="debug", choices=("debug", "grade", "release"))
    command.add_argument("--processors", type=int, default=1)
    command.add_argument("--memory", default="256M")
    command.add_argument("--append", default="", help="the kernel's command line")
    command.add_argument("--qemu", default="", help="further arguments for QEMU")


def dispatch(options: argparse.Namespace) -> int:
    """Runs the command that was asked for."""
    if options.command == "grade":
        from cairn.grade import grade

        return grade(options)
    if options.command == "replay":
        from cairn.replay import replay

        return replay(options)
    if options.command == "run":
        from cairn.run import run

        return run(options)
    from cairn.debug import debug

    return debug(options)


def interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Ends like Ctrl-C, so that everything is put away."""
    raise KeyboardInterrupt


def main(words: Sequence[str] | None = None) -> int:
    """The whole program. Returns the exit status."""
    options = parser().parse_args(words)
    if getattr(options, "seed", 0) is None:
        options.seed = secrets.randbelow(1 << 31)
    if getattr(options, "jobs", None) == 0:
        options.jobs = processors_of_host()
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)
    try:
        return dispatch(options)
    except Refused as error:
        print(f"cairn: {error}", file=sys.stderr)
        return EXIT_REFUSED
    except (BuildError, MachineError, SchemeError, OSError) as error:
        print(f"cairn: {error}", file=sys.stderr)
        return EXIT_TROUBLE
    except KeyboardInterrupt:
        print("\ncairn: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    finally:
        sys.stdout.flush()
