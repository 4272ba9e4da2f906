"""The list of the files that a tree gives to its student, with their hashes.

It is what `sha256sum --check labs/stage.sha256` reads. A tree that came as a zip, without the
course's history, knows by it what is not as it was; the student's own files are not in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

MANIFEST = "labs/stage.sha256"
LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def hash_of_file(data: bytes) -> str:
    """What a file is known by."""
    return hashlib.sha256(data).hexdigest()


def write_manifest(files: Mapping[str, bytes]) -> str:
    """The text of the list."""
    return "".join(f"{hash_of_file(data)}  {name}\n" for name, data in sorted(files.items()))


def read_manifest(text: str) -> dict[str, str]:
    """The hashes by file names; what makes no sense is left out."""
    found = (LINE.fullmatch(line) for line in text.splitlines())
    return {match[2]: match[1] for match in found if match}
