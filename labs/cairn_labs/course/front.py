"""What a student's tree says of itself: a part of the README, and labs/stage.mk for `make help`.

It is the same in handout, start and solution: whichever a student has, the next lab merges into it.
"""

from __future__ import annotations

from cairn_labs.course.sources import Course
from cairn_labs.description import Exercise, Lab

STAGE_FILE = "labs/stage.mk"
ARCHES = {"x86_64": "x86-64", "aarch64": "AArch64", "riscv64": "RISC-V"}


def where(exercise: Exercise) -> str:
    """The files of an exercise, with the architectures when these differ."""
    names: dict[str, list[str]] = {}
    for arch, files in exercise.files.items():
        for name in files:
            names.setdefault(name, []).append(ARCHES.get(arch, ""))
    return "<br>".join(f"`{name}`" + (f" ({', '.join(arches)})" if all(arches) else "")
                       for name, arches in names.items())


def readme_front(course: Course, lab: Lab) -> str:
    """The part of the README that speaks of the tree's own lab."""
    lines = [
        f"## This is lab {lab.number:02}: {lab.title}", "",
        "| exercise | hours | points | file |", "| --- | --- | --- | --- |",
        *(f"| {e.id} {e.title} | {e.hours} | {e.points} | {where(e)} |" for e in lab.exercises), "",
        "Each function's contract stands in its subsystem's header. Write in the exercises' files,",
        "in new files below `kernel/own/`, and your answers below `answers/`: nothing else of",
        "yours counts. Choose your machine once, in `own/config.mk`. `make grade` tells your marks",
        f"in lab {lab.number:02}, why each test failed, and how to repeat just that one.",
    ]
    if (course.project / "labs" / lab.name / "README.md").is_file():
        chapter = f"labs/{lab.name}/README.md"
        lines += ["", f"The lab's chapter is [{chapter}]({chapter})."]
    return "\n".join(lines) + "\n"


def stage_file(lab: Lab) -> str:
    """The makefile that tells `make` which tree this is."""
    return "\n".join((
        "# Which tree of the course this is; written when the tree was made.",
        "#",
        f"##title Lab {lab.number:02}: {lab.title}. Its exercises are in README.md, its points in",
        f"##title {lab.source}. `make run` boots what you have, `make grade` tells your marks.",
    )) + "\n"
