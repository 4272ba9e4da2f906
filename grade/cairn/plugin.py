"""The pytest side: the fixture `lab`, the marker `negative`, and what is told of each test.

It runs in every worker. The controller collects the results from the reports (see cairn.results).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cairn.explain import with_stubs
from cairn.lab import Lab
from cairn.process import die_with_parent
from cairn.protocol import printable
from cairn.scheme import all_labs
from cairn.session import Session

MESSAGE_MAX = 6000


def pytest_addoption(parser: pytest.Parser) -> None:
    """The one option: where the session is."""
    parser.addoption("--cairn-session", help="the folder of the grading session")
    parser.addoption("--cairn-rerun", default="", help="the command that repeats a test")


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker; a worker ends with its controller."""
    config.addinivalue_line("markers", "negative: earns only if the exercise's other tests pass")
    if hasattr(config, "workerinput"):
        die_with_parent(os.getppid())


@pytest.fixture(scope="session")
def session(request: pytest.FixtureRequest) -> Session:
    """The grading session."""
    folder = request.config.getoption("--cairn-session")
    if not folder:
        pytest.exit("these tests run under `make grade`, which builds what they test", returncode=4)
    return Session.load(Path(folder))


def test_name(item: pytest.Item) -> str:
    """A test as lab.toml names it, without its parameters: "file.py::name"."""
    return f"{item.path.name}::{getattr(item, 'originalname', item.name)}"


@pytest.fixture
def lab(request: pytest.FixtureRequest, session: Session, tmp_path: Path) -> Iterator[Lab]:
    """The kernel under test, for one test."""
    rerun = request.config.getoption("--cairn-rerun").replace("{test}", test_name(request.node))
    name = f"{request.node.path.name}::{request.node.name}"
    made = Lab(session, name, rerun, tmp_path)
    request.node.stash[LAB] = made
    KEPT.append(made)
    shutil.rmtree(made.logs, ignore_errors=True)
    yield made
    if not session.keep:
        shutil.rmtree(tmp_path, ignore_errors=True)


LAB = pytest.StashKey[Lab]()

# The labs of the tests that ran in this process, for `make replay`.
KEPT: list[Lab] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what TEST= does not ask for."""
    folder = config.getoption("--cairn-session")
    if not folder:
        return
    session = Session.load(Path(folder))
    dropped = [item for item in items if not session.is_chosen(test_name(item))]
    items[:] = [item for item in items if item not in dropped]
    if dropped:
        config.hook.pytest_deselected(items=dropped)


@cache
def exercise_of() -> dict[str, str]:
    """The number of the exercise that each test belongs to."""
    return {test: entry.id for lab in all_labs() for entry in lab.exercises for test in entry.tests}


def message_of(call: pytest.CallInfo[Any], lab: Lab | None, test: str) -> str:
    """Why a test failed or was skipped, as a person reads it."""
    assert call.excinfo is not None
    if isinstance(call.excinfo.value, pytest.skip.Exception):
        return printable(call.excinfo.value.msg or "no reason is given")
    text = str(call.excinfo.value)
    if not isinstance(call.excinfo.value, AssertionError):
        place = call.excinfo.traceback[-1]
        text = f"{call.excinfo.exconly()} ({Path(place.path).name}:{place.lineno + 1})"
    if lab is not None:
        text = with_stubs(text, lab.todos, exercise_of().get(test, ""))
    return printable(text)[:MESSAGE_MAX]


@pytest.hookimpl(hookwrapper=True)  # type: ignore[misc]
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
    """Adds to a test's report what cairn.results reads."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    lab = item.stash.get(LAB, None)
    facts = {
        "test": test_name(item),
        "negative": item.get_closest_marker("negative") is not None,
        "guest_instructions": lab.instructions if lab else 0,
        "message": message_of(call, lab, test_name(item)) if call.excinfo is not None else "",
    }
    report.user_properties.append(("cairn", facts))
