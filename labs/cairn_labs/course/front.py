"""What a student's tree says of itself: a part of the README, and labs/stage.mk for `make help`."""

from __future__ import annotations

from cairn_labs.course.sources import Course
from cairn_labs.description import Exercise, Lab

STAGE_FILE = "labs/stage.mk"
ARCHES = {"x86_64": "x86-64", "aarch64": "AArch64", "riscv64": "RISC-V"}

def says(lab: Lab, kind: str) -> str:
    """What there is to do in a tree."""
    if kind == "solution":
        return "All of its exercises are solved."
    if lab.number == 1:
        return "Its exercises are yours."
    if kind == "start":
        return "Its exercises are yours; those of the labs before it are solved."
    return "Its exercises are yours, and those of the labs before it you bring with you."


def where(exercise: Exercise) -> str:
    """The files of an exercise, with the architectures when these differ."""
    names: dict[str, list[str]] = {}
    for arch, files in exercise.files.items():
        for name in files:
            names.setdefault(name, []).append(ARCHES.get(arch, ""))
    return "<br>".join(f"`{name}`" + (f" ({', '.join(arches)})" if all(arches) else "")
                       for name, arches in names.items())


def readme_front(course: Course, lab: Lab, kind: str) -> str:
    """The part of the README that speaks of the tree's own lab."""
    lines = [
        f"## This is lab {lab.number:02}: {lab.title}", "",
        says(lab, kind), "",
        "| exercise | hours | points | file |", "| --- | --- | --- | --- |",
        *(f"| {e.id} {e.title} | {e.hours} | {e.points} | {where(e)} |" for e in lab.exercises), "",
        "Each function's contract stands in its subsystem's header. Write in the exercises' files, in new",
        "files below `kernel/own/`, and your answers below `answers/`: nothing else of yours counts. Choose",
        f"your machine once, in `own/config.mk`. `make grade` tells your marks in lab {lab.number:02}, why",
        "each test failed, and how to repeat just that one.",
    ]
    if (course.project / "labs" / lab.name / "README.md").is_file():
        lines += ["", f"The lab's chapter is [labs/{lab.name}/README.md](labs/{lab.name}/README.md)."]
    return "\n".join(lines) + "\n"


def stage_file(lab: Lab, kind: str) -> str:
    """The makefile that tells `make` which tree this is."""
    return "\n".join((
        "# Which tree of the course this is; written when the tree was made.",
        "#",
        f"##title Lab {lab.number:02}, {lab.title}. {says(lab, kind)}",
        f"##title Begin with `make run`, then labs/{lab.name} and `make grade`.",
        f"STAGE_LAB  := {lab.number}",
        f"STAGE_KIND := {kind}",
    )) + "\n"
