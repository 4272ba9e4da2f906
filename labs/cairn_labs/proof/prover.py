"""Proving one step: laying out its tree, building, grading and judging, or finding it all kept."""

from __future__ import annotations

import os
import queue
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

from cairn.architectures import ARCHITECTURES, tool
from cairn.build import first_line
from cairn_labs.course.sources import Course
from cairn_labs.course.stage import HANDOUT, SOLUTION, START, Tree, make_stage, write_tree
from cairn_labs.errors import SourceError
from cairn_labs.proof.cache import Cache
from cairn_labs.proof.judge import Want, judge
from cairn_labs.proof.keys import build_key, grading_key, sources_key
from cairn_labs.proof.roads import School, Student, walk_messily, walk_tidily
from cairn_labs.proof.steps import ALONE, BUILT, MESSY, MESSY_ROAD, RELEASE, ROADS, TIDY, Step
from cairn_labs.proof.workbench import Processes, Workbench, Wrong
from cairn_labs.road.work import Trouble

GRADE = "grade"
VARIANTS = ("debug", "release", GRADE)
PLACE = "build/course"


class State(Enum):
    """How a step ended."""

    PROVED = "ok"
    KEPT = "kept"  # proved before, and nothing that decides it has changed
    FAILED = "FAILED"
    SKIPPED = "skipped"  # what it needs failed


@dataclass(frozen=True)
class Outcome:
    """What came of a step."""

    step: Step
    state: State
    seconds: float = 0.0
    complaints: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()  # to look at the tree, and to do the same again


def versions(arch: str) -> tuple[str, str]:
    """The tools that build for an architecture, and the emulator."""
    tools = "\n".join(first_line(tool(arch, name), "--version") for name in ("gcc", "ld"))
    return tools, first_line(ARCHITECTURES[arch].emulator, "--version")


class Prover:
    """Proves steps, several at a time, each in a workbench of its own."""

    def __init__(self, course: Course, seed: int, jobs: int, fresh: bool,
                 processes: Processes) -> None:
        self.course = course
        self.seed = seed
        self.place = course.project / PLACE
        self.cache = Cache(self.place / "kept", fresh)
        self.versions = {arch: versions(arch) for arch in ARCHITECTURES}
        self.school = School(course.project, self.place / "road", processes)
        self.students = {kind: Student(self.school, self.school.folder / kind.split()[0])
                         for kind in (TIDY, MESSY_ROAD)}
        self.messy: dict[int, Tree] = {}
        self._benches: queue.SimpleQueue[Workbench] = queue.SimpleQueue()
        for number in range(jobs):
            folder = self.place / f"bench{number}"
            if fresh:
                shutil.rmtree(folder, ignore_errors=True)
            self._benches.put(Workbench(folder, processes))

    def prove(self, step: Step) -> Outcome:
        """Proves one step."""
        began = time.monotonic()
        state, again = State.PROVED, ""
        complaints: list[str] = []
        try:
            if step.kind in ROADS:
                self._walk(step)
            else:
                state, complaints = self._try(step)
        except Wrong as error:
            complaints, again = [str(error)], error.command
        except (SourceError, Trouble, OSError) as error:
            complaints = [str(error)]
        seconds = time.monotonic() - began
        if not complaints:
            return Outcome(step, state, seconds)
        return Outcome(step, State.FAILED, seconds, tuple(complaints), self._commands(step, again))

    # --- roads -----------------------------------------------------------------------------------

    def _walk(self, step: Step) -> None:
        """A step of the road."""
        if step.kind == RELEASE:
            self.school.release(self.course.labs[-1].number)
        elif step.kind == TIDY:
            walk_tidily(self.students[TIDY], step.lab)
        else:
            self.messy[step.lab] = walk_messily(self.students[MESSY_ROAD], step.lab)

    # --- trees -----------------------------------------------------------------------------------

    def tree(self, step: Step) -> Tree:
        """The tree that a step is about."""
        if step.kind == MESSY:
            return self.messy[step.lab]
        if step.kind == ALONE:
            return make_stage(self.course, step.lab, SOLUTION, [step.exercise])
        return make_stage(self.course, step.lab, step.kind)

    def graded_lab(self, step: Step) -> str:
        """The lab that is graded, or `all`: the start must leave those before it their marks."""
        is_last = step.lab == self.course.labs[-1].number
        return "all" if step.kind == START or is_last and step.kind != ALONE else str(step.lab)

    def wanted(self, step: Step, exercise: str) -> Want:
        """What an exercise must earn in a step."""
        lab = int(exercise.partition(".")[0])
        if lab > step.lab:  # The messy student has it before them.
            return Want.ANYTHING
        is_stub = exercise == step.exercise or step.kind == START and lab == step.lab
        return Want.NOTHING if is_stub else Want.FULL

    def _key(self, step: Step, tree: Tree, image: str) -> str:
        """What the marks of an image are kept under."""
        lab = self.graded_lab(step)
        names = [entry.name for entry in self.course.labs if lab in ("all", str(entry.number))
                 and entry.number <= step.lab]
        if lab == "all":
            names.append("and all later ones of the tree")
        return grading_key(tree, image, step.arch, names, self.seed, self.versions[step.arch][1])

    def _judged(self, step: Step, report: dict[str, Any]) -> list[str]:
        return judge(report, lambda exercise: self.wanted(step, exercise), step.exercise)

    @contextmanager
    def _bench(self) -> Iterator[Workbench]:
        """A workbench that nobody else uses."""
        bench = self._benches.get()
        try:
            yield bench
        finally:
            self._benches.put(bench)

    def _is_marked(self, step: Step, tree: Tree, built: dict[str, Any] | None) -> bool:
        """Whether it is known that an image has the marks that it should."""
        if step.kind == HANDOUT:
            return True
        kept = self.cache.get(self._key(step, tree, built["image"])) if built else None
        return kept is not None and not self._judged(step, kept)

    def _try(self, step: Step) -> tuple[State, list[str]]:
        """Builds and grades, as far as it is not known what comes of it."""
        tree = self.tree(step)
        variants = VARIANTS if step.kind in BUILT else VARIANTS[-1:]
        sources, tools = sources_key(tree), self.versions[step.arch][0]
        keys = {variant: build_key(sources, step.arch, variant, tools) for variant in variants}
        built = {variant: self.cache.get(key) for variant, key in keys.items()}
        missing = [variant for variant in variants if not built[variant]]
        if not missing and self._is_marked(step, tree, built[GRADE]):
            return State.KEPT, []
        with self._bench() as bench:
            bench.lay_out(tree)
            for variant in missing:
                built[variant] = {"image": bench.build(step.arch, variant), "step": step.title}
                self.cache.put(keys[variant], built[variant] or {})
            if self._is_marked(step, tree, built[GRADE]):  # Other sources may give the same image.
                return State.PROVED, []
            report = bench.grade(step.arch, self.graded_lab(step), self.seed)
        complaints = self._judged(step, report)
        known = built[GRADE]
        if known and not complaints:
            self.cache.put(self._key(step, tree, known["image"]), {**report, "step": step.title})
        return State.PROVED, complaints

    # --- failures --------------------------------------------------------------------------------

    def _commands(self, step: Step, again: str) -> tuple[str, ...]:
        """How to look at the tree of a step that failed, and how to do the same again."""
        if step.kind == RELEASE:
            return (again,) if again else ()
        if step.kind in ROADS:
            folder = os.path.relpath(self.students[step.kind].folder, self.course.project)
            return (f"cd {folder}", *([again] if again else []))
        if step.kind == MESSY:
            look = f"{PLACE}/look/{step.title.replace(', ', '-').replace(' ', '')}"
            shutil.rmtree(self.course.project / look, ignore_errors=True)
            write_tree(self.tree(step), self.course.project / look)
            write = f"ls {look}"
        else:
            look = "../look"
            kind = SOLUTION if step.kind == ALONE else step.kind
            stub = f" STUB={step.exercise}" if step.exercise else ""
            write = f"make stage LAB={step.lab} KIND={kind}{stub} OUT={look}"
        again = again or f"make grade LAB={self.graded_lab(step)} ARCH={step.arch} SEED={self.seed}"
        return write, again.replace("make ", f"make -C {look} ", 1)
