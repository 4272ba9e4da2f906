"""Mistakes in the course's own sources, with their place."""

from __future__ import annotations


class SourceError(Exception):
    """Something in a file of the course is wrong."""

    def __init__(self, file: str, line: int, text: str) -> None:
        super().__init__(f"{file}:{line}: {text}" if line else f"{file}: {text}")
        self.file = file
        self.line = line
        self.text = text
