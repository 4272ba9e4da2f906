"""The steps of a proof, and which of them need others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cairn_labs.course.stage import HANDOUT, KINDS, SOLUTION, START
from cairn_labs.description import Lab
from cairn_labs.proof.choice import Choice

ALONE = "alone"  # a solution with one exercise as a stub
RELEASE = "release"  # the handouts of all labs, in a class's repository
TIDY = "tidy road"  # the solution, merged with the next lab
MESSY_ROAD = "messy road"  # another solution with much around it, merged
MESSY = "messy"  # the marks of that
ROADS = (RELEASE, TIDY, MESSY_ROAD)
BUILT = KINDS  # these are built in every variant


@dataclass(frozen=True)
class Step:
    """One thing to prove."""

    kind: str
    lab: int = 0
    arch: str = ""
    exercise: str = ""
    needs: tuple[Step, ...] = ()

    @property
    def title(self) -> str:
        """What it is called when it is told of."""
        lab = f"lab {self.lab:02}" if self.lab else ""
        kind = f"{self.kind} {self.exercise}".strip()
        return ", ".join(part for part in (lab, kind, self.arch) if part)


def road_steps(labs: Sequence[int]) -> dict[tuple[str, int], Step]:
    """The road from lab to lab, walked twice; each step needs the one before."""
    release = Step(RELEASE)
    steps = {(RELEASE, 0): release}
    for kind in (TIDY, MESSY_ROAD):
        before = release
        for lab in labs:
            before = steps[kind, lab] = Step(kind, lab, needs=(before,))
    return steps


def lab_steps(lab: Lab, arch: str, messy_road: Step) -> list[Step]:
    """All of one lab on one architecture."""
    handout, start, solution = (Step(kind, lab.number, arch) for kind in (HANDOUT, START, SOLUTION))
    return [handout, start, solution,
            *(Step(ALONE, lab.number, arch, exercise.id, (solution,))
              for exercise in lab.exercises if exercise.files_for(arch)),
            Step(MESSY, lab.number, arch, needs=(messy_road,))]


def plan(labs: Sequence[Lab], choice: Choice) -> list[Step]:
    """Every step of a proof, in the order in which they are best begun."""
    chosen = choice.full | choice.canary
    last = max((lab for lab, _ in chosen), default=0)
    roads = road_steps([lab.number for lab in labs if lab.number <= last])
    steps = list(roads.values()) if last else []
    for arch in sorted({arch for _, arch in chosen}, reverse=True):
        for lab in labs:
            if (lab.number, arch) in choice.full:
                steps += lab_steps(lab, arch, roads[MESSY_ROAD, lab.number])
            elif (lab.number, arch) in choice.canary:
                steps.append(Step(SOLUTION, lab.number, arch))
    return steps
