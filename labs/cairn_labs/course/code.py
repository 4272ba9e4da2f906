"""Reading C and assembly just well enough to know names and comments apart."""

from __future__ import annotations

import re

KEYWORDS = frozenset(
    "if else for while do switch case default return break continue goto sizeof static const void "
    "int unsigned signed char short long struct union enum bool true false NULL inline extern "
    "volatile asm defined _Static_assert".split())
COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', re.DOTALL)
CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
TAG = re.compile(r"\b(?:struct|union|enum)\s+([A-Za-z_]\w*)")
CODE = re.compile(r"\bERROR_\w+\b")
# Names that a text defines: functions, tags, macros, variables of the file, enumerators, labels.
DEFINED = tuple(re.compile(pattern, re.MULTILINE) for pattern in (
    r"^(?!\s|else|return|#|//|\*)[^;={}()\n]*?\b([A-Za-z_]\w*)\s*\([^;]*?\)\s*\{",
    r"^(?:static\s+)?(?:const\s+)?(?:struct|union|enum)\s+([A-Za-z_]\w*)\s*\{",
    r"^#\s*define\s+([A-Za-z_]\w*)",
    r"^static\s[^;={}()\n]*?\b([A-Za-z_]\w*)\s*(?:\[[^\]\n]*\]\s*)*[=;]",
    r"^\s+([A-Z][A-Z0-9_]+)\s*(?:=[^,;(){}]*)?,$",
    r"^([A-Za-z_.]\w*):",
))


def blank(match: re.Match[str]) -> str:
    """Nothing in the place of a comment, but as many lines."""
    text = match.group()
    return text if text[0] in "\"'" else "\n" * text.count("\n") or " "


def without_comments(text: str) -> str:
    """A text without its comments, with as many lines."""
    return COMMENT.sub(blank, text)


def defined_names(text: str) -> set[str]:
    """The names that a text defines for its file or for others."""
    code = without_comments(text)
    names = {name for pattern in DEFINED for name in pattern.findall(code)}
    return names - KEYWORDS


def mentioned_names(line: str) -> set[str]:
    """The functions, tags and errors that a line names."""
    code = re.sub(r'"(?:\\.|[^"\\])*"', '""', without_comments(line))
    names = {name for pattern in (CALL, TAG, CODE) for name in pattern.findall(code)}
    return names - KEYWORDS
