"""The kernel's error codes, read from the one list there is."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
LIST = PROJECT / "kernel/include/cairn/errors.def"


def read_codes() -> dict[str, int]:
    """Name and (negative) code of every error."""
    codes = {"OK": 0}
    for name, code in re.findall(r"^ERROR\((\w+), (\d+),", LIST.read_text(), re.MULTILINE):
        codes[f"ERROR_{name}"] = -int(code)
    return codes


CODES = read_codes()
OK = CODES["OK"]
NOT_FOUND = CODES["ERROR_NOT_FOUND"]
NO_SPACE = CODES["ERROR_NO_SPACE"]
WOULD_BLOCK = CODES["ERROR_WOULD_BLOCK"]
TIMED_OUT = CODES["ERROR_TIMED_OUT"]
DEVICE = CODES["ERROR_DEVICE"]


def name(code: int) -> str:
    """A result as the source writes it: ERROR_NOT_FOUND, or the number itself."""
    return next((word for word, value in CODES.items() if value == code), str(code))
