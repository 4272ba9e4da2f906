"""Ramdisks: tar archives in the ustar format, the same bytes for the same contents."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path


def write_ramdisk(path: Path, files: Mapping[str, bytes]) -> None:
    """Writes an archive of `files`, by name."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            entry.mode = 0o444
            archive.addfile(entry, io.BytesIO(data))
