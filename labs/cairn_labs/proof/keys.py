"""What decides a result: the names under which builds and gradings are kept."""

from __future__ import annotations

import hashlib
import json
import platform
import tomllib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from cairn_labs.course.stage import Tree

#: Files that no kernel is built from; what is not listed here is taken to matter.
NOT_BUILT = ("*.md", "docs/*", "grade/*", "labs/*", "answers/*", ".*", "LICENSE", "Doxyfile")
MAKEFILES = "*.mk"
#: What the marks don't depend on.
OF_A_LAB = ("title", "files", "instructor", "until")
OF_AN_EXERCISE = ("title", "hours", "hints")
#: What a machine boots, and what the grader reads beside it.
IMAGES = ("kernel.elf", "kernel.stripped", "kernel.bin", "symbols", "ramdisk.tar")


def digest(parts: Iterable[str | bytes]) -> str:
    """One short name for some texts."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(f"{len(data)}\0".encode() + data)
    return total.hexdigest()


def is_built(name: str) -> bool:
    """Whether a file of a tree can have a part in the kernel."""
    return fnmatchcase(name, MAKEFILES) or not any(fnmatchcase(name, glob) for glob in NOT_BUILT)


def sources_key(tree: Tree) -> str:
    """What all builds of a tree depend on."""
    parts: list[str | bytes] = []
    for name in filter(is_built, sorted(tree)):
        parts += [name, tree[name].data, str(tree[name].executable)]
    return digest(parts)


def build_key(sources: str, arch: str, variant: str, tools: str) -> str:
    """What one build depends on; `tools` tells the compiler's and linker's versions."""
    return digest(("build", sources, arch, variant, tools))


def image_key(folder: Path) -> str:
    """What a build came to: the image, the symbols and the ramdisk."""
    parts: list[str | bytes] = []
    for path in (folder / name for name in IMAGES):
        if path.is_file():
            parts += [path.name, path.read_bytes()]
    return digest(parts)


def without(table: dict[str, object], keys: Sequence[str]) -> dict[str, object]:
    """A table without some of its keys."""
    return {key: value for key, value in table.items() if key not in keys}


def scheme_of(data: bytes) -> str:
    """What the grader can make of a lab.toml."""
    facts = tomllib.loads(data.decode())
    facts.pop("question", None)
    facts["lab"] = without(facts.get("lab", {}), OF_A_LAB)
    facts["exercise"] = [without(each, OF_AN_EXERCISE) for each in facts.get("exercise", [])]
    return json.dumps(facts, sort_keys=True)


def exercise_files(scheme: str) -> list[str]:
    """The files of a lab's exercises, from what scheme_of() gives."""
    lists = (each["files"] for each in json.loads(scheme)["exercise"])
    return [name for entry in lists
            for part in (entry.values() if isinstance(entry, dict) else [entry]) for name in part]


def judges(name: str, folders: Sequence[str]) -> bool:
    """Whether a file has a part in the marks of the labs with these folders of tests.

    Tests of one lab may import the helpers of another, but not its tests.
    """
    if name.startswith("grade/labs/"):
        is_test = name.rpartition("/")[2].startswith("test_")
        return not is_test or name.split("/")[2] in folders
    if name.startswith("labs/cairn_labs/"):  # The grader reads lab.toml by what lies at the top.
        return name.count("/") == 2
    return name.startswith(("grade/cairn/", "grade/pytest.ini", "kernel/own/"))


def grading_key(tree: Tree, image: str, arch: str, labs: Sequence[str], seed: int,
                emulator: str) -> str:
    """What a grading depends on: `labs` are the names of those that are graded.

    The students' sources count besides the image, because the grader looks at their objects.
    """
    folders = ["lab" + name.replace("-", "_") for name in labs]
    parts: list[str | bytes] = ["marks", image, arch, str(seed), emulator,
                                platform.python_version(), *labs]
    for name in sorted(tree):
        if fnmatchcase(name, "labs/*/lab.toml"):
            text = scheme_of(tree[name].data)
            parts += [name, text]
            parts += [tree[each].data for each in exercise_files(text) if each in tree]
        elif judges(name, folders):
            parts += [name, tree[name].data]
    return digest(parts)
