"""Results that are kept from run to run, each in a small file of its own."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

#: A result that nobody asked for so long goes.
DAYS = 60


class Cache:
    """Facts by key. A fresh one knows only what was put into it itself."""

    def __init__(self, folder: Path, fresh: bool = False) -> None:
        self.folder = folder
        self.fresh = fresh
        self._own: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def get(self, key: str) -> dict[str, Any] | None:
        """The facts that were put under a key; None when there are none that can be read."""
        if self.fresh and key not in self._own:
            return None
        try:
            facts = json.loads(self._path(key).read_text(encoding="utf-8"))
            os.utime(self._path(key))
        except (OSError, ValueError):
            return None
        return facts if isinstance(facts, dict) else None

    def put(self, key: str, facts: dict[str, Any]) -> None:
        """Keeps facts. A reader finds all of them or none."""
        new = self._path(key).with_suffix(f".{os.getpid()}.{time.monotonic_ns()}")
        new.write_text(json.dumps(facts), encoding="utf-8")
        new.replace(self._path(key))
        self._own.add(key)

    def sweep(self) -> None:
        """Removes what was not asked for in a long time."""
        oldest = time.time() - DAYS * 24 * 3600
        for path in self.folder.iterdir():
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
