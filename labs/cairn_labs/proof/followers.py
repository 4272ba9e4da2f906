"""Two small labs that stand for those to come, so that the last real lab has a next one too.

They are kept as templates in followers/, with `.in` behind their names so that nothing takes them
for files of the project. `@1@` and `@2@` stand for their numbers, `@01@` and `@02@` for the same
with two digits, `@error@` for the number of their error.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from cairn_labs.description import read_labs
from cairn_labs.tree import PROJECT, tracked_files

PLACE = "labs/cairn_labs/proof/followers/"
TEMPLATES = PROJECT / PLACE
ERRORS = "kernel/include/cairn/errors.def"
#: Lines that the two put at the ends of files of lab 01.
APPENDED = {
    ERRORS: '//@lab @1@\nERROR(TALLY_FULL, @error@, "full")\n//@end\n',
    "kernel/init/main.c": "\n//@until @2@\n/* Before there is a queue. */\n//@end\n"
                          "\n//@lab @2@\n/* Now that there is a queue. */\n//@end\n",
}


def numbers(project: Path) -> tuple[int, int]:
    """The numbers of the two labs: those after the project's last."""
    last = max(lab.number for lab in read_labs(project))
    return last + 1, last + 2


def filled(text: str, values: dict[str, str]) -> str:
    """A template with its numbers."""
    return re.sub("@(1|01|2|02|error)@", lambda found: values[found[1]], text)


def add_followers(project: Path) -> tuple[int, int]:
    """Adds the two labs to a copy of the project; their numbers."""
    first, second = numbers(project)
    codes = re.findall(r"^ERROR\(\w+, (\d+),", (project / ERRORS).read_text(), re.MULTILINE)
    values = {"1": str(first), "01": f"{first:02}", "2": str(second), "02": f"{second:02}",
              "error": str(max(map(int, codes)) + 1)}
    for path in sorted(TEMPLATES.rglob("*.in")):
        name = path.relative_to(TEMPLATES).with_suffix("")
        target = project / filled(str(name), values)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(filled(path.read_text(encoding="utf-8"), values), encoding="utf-8")
    for appended, lines in APPENDED.items():
        with (project / appended).open("a", encoding="utf-8") as file:
            file.write(filled(lines, values))
    return first, second


def copy_project(project: Path, folder: Path) -> tuple[int, int]:
    """Copies a project into a folder and adds the two labs, templates no more; their numbers."""
    for name in tracked_files(project):
        if name.startswith(PLACE):
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / name, target)
    return add_followers(folder)
