"""`make replay`: runs one test again, and its last boot from a recording under GDB.

The recording is QEMU's record and replay. QEMU 7.2 notes a shutdown in it without the instructions
that came before, so a replay would end too early: a recorded serial port (Setup.recorded), whose
every byte brings the count up to date, is the cure. REVERSE tells how far each
machine runs backwards.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

from cairn.debug import attach, socket_folder
from cairn.grade import command_of, extra_probes
from cairn.lanes import Exact
from cairn.machine import Machine, MachineError, Setup
from cairn.plugin import KEPT
from cairn.results import TestResult, run_tests, say_problems
from cairn.scheme import SchemeError, choose_labs
from cairn.session import Session, open_session

RECORD_SECONDS = 120.0
JOB_SECONDS = 30.0

REVERSIBLE = ("aarch64", "x86_64")
REVERSE = {
    "aarch64": "Backwards: reverse-stepi, reverse-step, reverse-continue",
    "riscv64": "Not backwards: a step back never returns in QEMU 7.2's RISC-V emulation",
    "x86_64": "Backwards: reverse-stepi; reverse-continue never returns in QEMU 7.2",
}
COMMANDS = "to-start, to-panic, break and continue work as in `make gdb`."


def make_snapshots(path: Path, arch: str) -> None:
    """Makes an empty disk image, in which QEMU keeps the snapshots that running backwards needs."""
    setup = Setup(arch=arch, image=None)
    with Machine(setup, path.parent / "snapshots") as machine:

        def job(number: str, **options: object) -> None:
            machine.command("blockdev-create", **{"job-id": number, "options": options})
            deadline = time.monotonic() + JOB_SECONDS
            while time.monotonic() < deadline:
                jobs = {entry["id"]: entry for entry in machine.command("query-jobs")}
                if jobs[number]["status"] == "concluded":
                    if "error" in jobs[number]:
                        raise MachineError(str(jobs[number]["error"]))
                    return
                machine.step(0.01)
            raise MachineError("QEMU did not make a disk image in time")

        job("file", driver="file", filename=str(path), size=0)
        node = {"driver": "file", "node-name": "image", "filename": str(path)}
        machine.command("blockdev-add", **node)
        job("image", driver="qcow2", file="image", size=1 << 20)
        machine.quit()


def recording(setup: Setup, mode: str, folder: Path) -> Setup:
    """The same boot, recorded or replayed."""
    assert isinstance(setup.lane, Exact)
    record = f",rr={mode},rrfile={folder / 'recording'}"
    extra = setup.extra
    if setup.arch in REVERSIBLE:
        record += ",rrsnapshot=start"
        image = f"file={folder / 'snapshots.qcow2'},if=none,id=snapshots,format=qcow2"
        extra = (*extra, "-drive", image)
    lane = replace(setup.lane, record=record)
    return replace(setup, lane=lane, extra=extra, output_limit=1 << 30, recorded=True)


def debug_boot(setup: Setup, session: Session, folder: Path) -> int:
    """One boot under GDB."""
    if not isinstance(setup.lane, Exact):
        raise MachineError("this test types on the console; such a run can't be replayed")
    if setup.arch in REVERSIBLE:
        make_snapshots(folder / "snapshots.qcow2", setup.arch)
    with Machine(recording(setup, "record", folder), folder / "record") as machine:
        machine.finish(lambda: RECORD_SECONDS * session.host_factor)
    setup = recording(setup, "replay", folder)
    command = arguments_for_gdb(setup, folder / "replay")
    return attach(setup.arch, session.elf, command, folder, [])


def arguments_for_gdb(setup: Setup, folder: Path) -> list[str]:
    """QEMU's arguments for a boot that GDB starts: no control connection, console to a file."""
    folder.mkdir(parents=True, exist_ok=True)
    return Machine(setup, folder).arguments_without_control()


def replay(options: argparse.Namespace) -> int:
    """Runs the test, keeps its last boot, and debugs that."""
    if not options.test:
        raise SchemeError("say which test: make replay TEST=name [SEED=number]")
    labs = choose_labs(options.lab or "all")
    extra = options.extra.resolve() if options.extra else None
    with open_session(
        options.arch, options.sanitized, options.seed, extra_probes(extra), keep=True
    ) as session:
        results = run_tests(
            session,
            labs,
            extra=extra,
            wanted=options.test,
            jobs=1,
            rerun=command_of(options, "{test}"),
        )
        say_problems(results.problems)
        tests = [test for entry in results.exercises for test in entry.tests] + results.extra
        if not KEPT or not KEPT[-1].setups:
            raise SchemeError(f"no test with a boot of its own is called {options.test!r}")
        report(tests)
        print(f"\nThe last boot of {KEPT[-1].test}, stopped before its first instruction.")
        print(f"It is replayed from a recording. {REVERSE[options.arch]}.\n{COMMANDS}")
        with socket_folder() as folder:
            status = debug_boot(KEPT[-1].setups[-1], session, folder)
    return status


def report(tests: list[TestResult]) -> None:
    """Tells how the tests went this time."""
    for test in tests:
        print(f"{test.id}: {test.verdict}")
        for line in (test.message or test.skipped).splitlines():
            print("  " + line)
