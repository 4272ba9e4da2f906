"""The index of exercises, and a page for each: contract, code and tests."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from cairn_labs.description import Exercise, Lab

from book.sources import ANCHOR, BookError, Page, headings

ARCHES = {"x86_64": "x86-64", "aarch64": "AArch64", "riscv64": "RISC-V"}
GROUP = re.compile(r"@defgroup (\w+)")


def label(exercise: Exercise) -> str:
    """The label of an exercise's page."""
    return "exercise_page_" + exercise.id.replace(".", "_")


def files(exercise: Exercise) -> dict[str, list[str]]:
    """The files of an exercise, each with its architectures; none for all of them."""
    names: dict[str, list[str]] = {}
    for arch, some in exercise.files.items():
        for name in some:
            names.setdefault(name, []).extend([ARCHES[arch]] if arch else [])
    return names


def test_file(lab: Lab, test: str) -> str:
    """The file of a test, from the project's top."""
    return f"grade/labs/lab{lab.name.replace('-', '_')}/{test.partition('::')[0]}"


def group_of(project: Path, name: str) -> str:
    """The group that documents the subsystem of a file: its folder's, or that of one above it."""
    for folder in list(Path(name).parents)[:-1]:
        for header in [folder / f"{folder.name}.h", *sorted((project / folder).glob("*.h"))]:
            path = project / header
            found = GROUP.search(path.read_text(encoding="utf-8")) if path.is_file() else None
            if found:
                return found[1]
    raise BookError(f"{name}: no header of its folder has a @defgroup")


def in_chapter(project: Path, lab: Lab, exercise: Exercise, chapters: dict[str, Page]) -> str:
    """A link to where the chapter sets the exercise; "" while the lab has no chapter."""
    source = f"labs/{lab.name}/README.md"
    if source not in chapters:
        return ""
    for _, line in headings((project / source).read_text(encoding="utf-8")):
        anchor = ANCHOR.search(line)
        if anchor and re.search(rf"\b{re.escape(exercise.id)}\b", line):
            return f"@ref {anchor[1]} \"{chapters[source].title}\""
    raise BookError(f"{source}:1: has no heading for exercise {exercise.id}")


def exercise_index(project: Path, labs: list[Lab], chapters: dict[str, Page]) -> str:
    """All exercises of the tree, lab by lab."""
    lines = [
        "# Exercises {#exercises}", "",
        "Every exercise of this tree. Its page leads to code and contract and shows the tests with",
        "their points; the chapter sets it and explains the ideas.", ""]
    for lab in labs:
        source = f"labs/{lab.name}/README.md"
        lines += [f"## Lab {lab.number:02}: {lab.title} {{#exercises_{lab.number:02}}}", "",
                  "| exercise | hours | points | code | contract |" + (
                      " chapter |" if source in chapters else ""),
                  "| --- | ---: | ---: | --- | --- |" + (
                      " --- |" if source in chapters else "")]
        for exercise in lab.exercises:
            code = "<br>".join(code_link(name, Path(name).name) for name in files(exercise))
            link = in_chapter(project, lab, exercise, chapters)
            group = group_of(project, next(iter(files(exercise))))
            lines.append(f"| @subpage {label(exercise)} | {exercise.hours} | {exercise.points} "
                         f"| {code} | @ref {group} |" + (f" {link} |" if link else ""))
        lines.append("")
    return "\n".join(lines)


def docstrings(path: Path) -> dict[str, str]:
    """What the functions of a Python file say of themselves, in one line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: (ast.get_docstring(node) or "").partition("\n")[0]
            for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def tests_table(project: Path, lab: Lab, exercise: Exercise) -> list[str]:
    lines = ["| what it looks at | points | test |", "| --- | ---: | --- |"]
    for test, points in exercise.tests.items():
        name = test.partition("::")[2]
        says = docstrings(project / test_file(lab, test)).get(name, "").replace("|", "\\|")
        lines.append(f"| {says or name} | {points} | `{name}` |")
    return lines


def code_link(name: str, text: str) -> str:
    """A link to the listing of a kernel's file."""
    return f"@ref {name.removeprefix('kernel/')} \"{text}\""


def exercise_page(project: Path, lab: Lab, exercise: Exercise, chapters: dict[str, Page]) -> str:
    """One exercise: where its contract and its code are, and what its tests do."""
    anchor = label(exercise)
    link = in_chapter(project, lab, exercise, chapters)
    group = group_of(project, next(iter(files(exercise))))
    lines = [
        f"# {exercise.id} {exercise.title} {{#{anchor}}}", "",
        f"Lab {lab.number:02}, {exercise.points} points, about {exercise.hours} hours. "
        f"The contract is part of @ref {group}." + (f" The chapter: {link}." if link else ""), "",
        f"    make grade TEST={exercise.id}",
        f"    make hint EXERCISE={exercise.id}", "",
        f"## Tests {{#{anchor}_tests}}", "", *tests_table(project, lab, exercise), "",
        f"## Code {{#{anchor}_code}}", ""]
    for name, arches in files(exercise).items():
        where = f", for {' and '.join(arches)}" if arches else ""
        lines.append(f"- {code_link(name, name)}{where}")
    lines.append("")
    lines += [f"## What the tests do {{#{anchor}_source}}", ""]
    for name in sorted({test_file(lab, test) for test in exercise.tests}):
        lines += [f"`{name}`:", "", f"@include {name}", ""]
    return "\n".join(lines)
