"""A page about the Python modules of the grader, taken from what they say of themselves."""

from __future__ import annotations

import ast
from pathlib import Path

FOLDER = "grade/cairn"


Node = ast.Module | ast.ClassDef | ast.FunctionDef


def first_line(node: Node) -> str:
    return (ast.get_docstring(node) or "").partition("\n\n")[0].replace("\n", " ")


def entries(tree: ast.Module) -> list[tuple[str, str]]:
    """The public classes and functions that say what they are."""
    found = []
    for node in tree.body:
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            continue
        if node.name.startswith("_"):
            continue
        says = first_line(node)
        name = f"class {node.name}"
        if isinstance(node, ast.FunctionDef):
            arguments = ", ".join(argument.arg for argument in node.args.args)
            name = f"{node.name}({arguments})"
        if says:
            found.append((name, says))
    return found


def escaped(text: str) -> str:
    """Text that Markdown and doxygen leave alone, for a cell of a table."""
    for sign, instead in (("&", "&amp;"), ("<", "&lt;"), ("|", "&#124;"), ("@", "\\@")):
        text = text.replace(sign, instead)
    return text


def modules_page(project: Path) -> str:
    """The page, module by module."""
    lines = [
        "# The grader's modules {#grader_modules}", "",
        f"The grader is the Python package `{FOLDER}`. These are its modules, with their public",
        "classes and functions; @ref grader explains how they work together, and @ref probe is the",
        "kernel's side.", ""]
    for path in sorted((project / FOLDER).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.name.startswith("__"):
            continue
        lines += [f"## {path.stem} {{#grader_modules_{path.stem}}}", "",
                  escaped(first_line(tree)), ""]
        rows = entries(tree)
        if rows:
            lines += ["| name | what it is |", "| --- | --- |",
                      *(f"| `{name}` | {escaped(says)} |" for name, says in rows), ""]
    return "\n".join(lines)
