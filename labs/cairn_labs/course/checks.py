"""What can be wrong with the course's sources, told with file and line before any is staged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePath

from cairn_labs.course.code import defined_names, mentioned_names, without_comments
from cairn_labs.course.questions import check_questions
from cairn_labs.course.sources import Course, quoted
from cairn_labs.description import Exercise, Lab
from cairn_labs.errors import SourceError
from cairn_labs.markers import Region, Source

OUTSIDE_C = re.compile(r"\s*($|#\s*include\b)")
ARCHES = ("x86_64", "aarch64", "riscv64")
WORD = re.compile(r"[A-Za-z_]\w*")
Problems = Iterator[SourceError]


def check_owners(course: Course) -> Problems:
    """Every file belongs to exactly one lab, and what a lab.toml names is there."""
    for name in course.names:
        try:
            course.owner(name)
        except SourceError as error:
            yield error
    for lab in course.labs:
        for glob in lab.files:
            if not any(lab.adds(name) for name in course.names if glob in (name, "")) and \
                    "*" not in glob:
                yield SourceError(lab.source, course.line_in(lab, quoted(glob)),
                                  f"there is no file {glob}")
        yield from check_until(course, lab)


def check_until(course: Course, lab: Lab) -> Problems:
    """A file that goes is the lab's own, and goes when a later lab comes."""
    numbers = {entry.number for entry in course.labs}
    for name, number in lab.until.items():
        line = course.line_in(lab, quoted(name))
        if name not in course.names or course.claims(name) != [lab]:
            yield SourceError(lab.source, line, f"{name} is no file of lab {lab.number}")
        elif number not in numbers or number <= lab.number:
            yield SourceError(lab.source, line, f"lab {number} can't replace {name}: it is not "
                                                "one of the labs to come")


def check_regions(course: Course) -> Problems:
    """Lines come and go with labs that there are, and after the lab that brings their file."""
    numbers = {lab.number for lab in course.labs}
    for name, source in course.sources.items():
        claims = course.claims(name)
        for region in source.regions:
            if region.kind not in ("lab", "until"):
                continue
            if region.lab not in numbers:
                yield source.fail(region.first, f"@{region.kind} {region.lab}: there is no lab "
                                                f"{region.lab}")
            elif len(claims) == 1 and region.lab <= claims[0].number:
                yield source.fail(region.first, f"@{region.kind} {region.lab} in a file that only "
                                                f"lab {claims[0].number} brings")


def check_marks(course: Course) -> Problems:
    """Exercises in the sources are those in lab.toml, in the files that it names."""
    listed = {(name, exercise.id) for _, exercise in course.exercises.values()
              for name in exercise.all_files}
    for name, source in course.sources.items():
        for region in source.exercises:
            if (name, region.number) not in listed:
                yield source.fail(region.first, f"no lab.toml lists exercise {region.number} with "
                                                "this file")
    for lab, exercise in course.exercises.values():
        yield from check_exercise(course, lab, exercise)


def check_exercise(course: Course, lab: Lab, exercise: Exercise) -> Problems:
    """An exercise is marked in its files, on every architecture, and its lab brings them."""
    line = course.line_in(lab, f'id = "{exercise.id}"')
    if exercise.id.partition(".")[0] != str(lab.number):
        yield SourceError(lab.source, line, f"exercise {exercise.id} is not lab {lab.number}'s")
    for arch in ARCHES:
        if not exercise.files_for(arch):
            yield SourceError(lab.source, line, f"exercise {exercise.id} has no file on {arch}")
    for name in exercise.all_files:
        source = course.sources.get(name)
        region = next((region for region in source.exercises if region.number == exercise.id),
                      None) if source else None
        if source is None or region is None:
            yield SourceError(lab.source, line, f"exercise {exercise.id} is not marked in {name}")
            continue
        if region.title != exercise.title:
            yield source.fail(region.first, f"is “{region.title}” here and “{exercise.title}” in "
                                            f"{lab.source}")
        if course.claims(name) not in ([], [lab]):
            yield source.fail(region.first, f"exercise {exercise.id} is in a file that lab "
                                            f"{lab.number} does not bring")


def check_files(course: Course) -> Problems:
    """An exercise has its file to itself: comments and includes are all that is given there."""
    for source in course.sources.values():
        exercises = source.exercises
        if not exercises:
            continue
        for region in exercises[1:]:
            yield source.fail(region.first, "a second exercise in one file")
        if PurePath(source.name).suffix not in (".c", ".S"):
            yield source.fail(exercises[0].first, "an exercise in a file that is neither C nor "
                                                  "assembly")
            continue
        text = without_comments("".join(source.lines))
        for number, line in enumerate(text.splitlines(), 1):
            inside = any(region.first <= number <= region.last for region in source.regions)
            if not inside and not OUTSIDE_C.match(line):
                yield source.fail(number, "given code in the file of exercise "
                                          f"{exercises[0].number}")


def check_tests(course: Course) -> Problems:
    """Every test that earns points is there."""
    for lab in course.labs:
        folder = "grade/labs/lab" + lab.name.replace("-", "_")
        for exercise in lab.exercises:
            for test in exercise.tests:
                file, _, function = test.partition("::")
                path = course.project / folder / file
                text = path.read_text(encoding="utf-8") if path.is_file() else ""
                if not re.search(rf"^def {re.escape(function)}\(", text, re.MULTILINE):
                    yield SourceError(lab.source, course.line_in(lab, quoted(test)),
                                      f"{folder}/{file} has no {function}()")


def check_stubs(course: Course) -> Problems:
    """A stub says which exercise it is, and names nothing that its own lab's tree has not."""
    for name, source in course.sources.items():
        claims = course.claims(name)
        if not source.exercises or len(claims) != 1:
            continue
        known = given_words(course, claims[0].number)
        for region in source.exercises:
            yield from check_stub(source, region, known)


def check_stub(source: Source, region: Region, known: set[str]) -> Problems:
    """One stub."""
    lines = source.stub_lines(region)
    text = "".join(lines)
    if f'todo("{region.number}")' not in text:
        yield source.fail(region.stub, f'the stub does not call todo("{region.number}")')
    own = defined_names(text) | {word for line in lines for word in declared_words(line)}
    for offset, line in enumerate(lines, 1):
        for word in mentioned_names(line):
            if word not in known and word not in own:
                yield source.fail(region.stub + offset, f"the stub names {word}, which this lab's "
                                                        "tree does not have")


def declared_words(line: str) -> list[str]:
    """Words after a type: parameters and variables, near enough for a stub."""
    return re.findall(r"[\w*]\s+\**([A-Za-z_]\w*)\s*[,;)=\[(]", line)


def given_words(course: Course, lab: int) -> set[str]:
    """Every word of the C and assembly that a lab's tree gives, exercises left out."""
    words: set[str] = set()
    for name in course.names:
        if PurePath(name).suffix not in (".c", ".h", ".S", ".def"):
            continue
        if len(course.claims(name)) != 1 or not course.is_in(name, lab):
            continue
        source = course.sources.get(name)
        if source is None:
            words.update(WORD.findall((course.project / name).read_text(encoding="utf-8")))
        elif not source.exercises:
            words.update(WORD.findall(source.staged(lab, ())))
    return words | {"ERROR_" + word for word in words}


CHECKS: tuple[Callable[[Course], Problems], ...] = (
    check_owners, check_regions, check_marks, check_files, check_tests, check_stubs,
    check_questions)


def problems(course: Course) -> list[SourceError]:
    """Everything that is wrong, in the order in which it is best mended."""
    return [problem for check in CHECKS for problem in check(course)]
