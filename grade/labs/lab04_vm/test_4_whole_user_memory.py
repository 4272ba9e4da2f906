"""User memory: what the kernel copies, what it must not touch, and whose it is.

These tests carry no points: they need several exercises at once.
"""

from __future__ import annotations

import pytest
from cairn.lab import Lab
from cairn.requests import request
from labs.lab01_boot.errors import CODES, OK, name
from labs.lab01_boot.facts import data, number, numbers, signed
from labs.lab01_boot.teaching import differs

pytestmark = pytest.mark.negative

FAULT = CODES["ERROR_FAULT"]
PAGE = 4096
# kernel/probe/probe_user_memory.c
GUARDED, READ, WRITE, NULL, INTERRUPT, AFTER, COPY_IN, COPY_OUT = range(8)
# For a page, both addresses aligned.
COPY_INSTRUCTIONS_MAX = 1200


def pattern(size: int) -> bytes:
    """What the probe writes."""
    return bytes((i * 7 + i // 251) & 0xff for i in range(size))


def test_whole_copies_any_bytes(lab: Lab) -> None:
    """Given addresses of any alignment and any size, then these bytes there and back, no more."""
    random = lab.random
    asked = [(to, start, size) for to in (0, 1, 7) for start in (0, 1, 4)
             for size in (0, 1, 7, 8, 9, 15, 64, 65, 127, 128, 129, 300)]
    asked += [(PAGE - 3, 5, 10), (PAGE - 8, 0, PAGE), (PAGE, 0, PAGE), (1, 1, PAGE - 1)]
    asked += [(random.randrange(PAGE), random.randrange(PAGE), random.randrange(PAGE))
              for _ in range(20)]
    run = lab.run([request("user.copy", *numbers_) for numbers_ in asked])
    for (to, start, size), reply in zip(asked, run.replies, strict=True):
        what = f"copy {size} bytes to offset {to} of a user page and back to offset {start}"
        for result in numbers(reply, "results"):
            if signed(result) != OK:
                differs(what, "OK", name(signed(result)))
        if data(reply, "bytes") != pattern(size):
            differs(what, "the same bytes", "others")
        if number(reply, "touched"):
            differs(what, "no byte besides", f"{number(reply, 'touched')} in the kernel's buffer")


def test_whole_copies_a_page_fast(lab: Lab) -> None:
    """Given a page that is there, then a copy of all of it takes few instructions."""
    reply = lab.run([request("user.copy", PAGE, 0, PAGE)]).replies[0]
    most = COPY_INSTRUCTIONS_MAX * lab.session.budget_scale
    if reply.instructions > most:
        differs("copy a page from user memory", f"{most} instructions or fewer",
                str(reply.instructions))


def test_whole_keeps_the_kernel_off_user_pages(lab: Lab) -> None:
    """Given a page that user programs may write, then the kernel can't touch it by itself, after a
    copy, or in an interrupt that comes in the middle of a copy."""
    ways = {GUARDED: "by memory_copy_guarded()", AFTER: "after a copy that failed",
            INTERRUPT: "in an interrupt that hits a copy"}
    run = lab.run([request("user.touch", way, budget_ms=200) for way in ways])
    for way, reply in zip(ways.values(), run.replies, strict=True):
        if number(reply, "result") != FAULT:
            differs(f"the kernel reads a user page {way}", name(FAULT),
                    name(number(reply, "result")))


@pytest.mark.parametrize("way", [READ, WRITE, NULL])
def test_whole_reports_a_stray_pointer(lab: Lab, way: int) -> None:
    """Given that the kernel follows a user pointer, or a null pointer, then a report says so."""
    run = lab.run([request("user.touch", way)], expect_panic=True)
    reason = run.panic.reason if run.panic else "no report"
    expected = "null pointer" if way == NULL else "touched user memory"
    if expected not in reason:
        differs("the kernel follows a pointer of a user program", f"… {expected} …", reason)


@pytest.mark.parametrize("way", [COPY_IN, COPY_OUT])
def test_whole_reports_a_bad_pointer_of_the_kernel(lab: Lab, way: int) -> None:
    """Given a copy whose pointer of the kernel leads nowhere, then a report, and no error code."""
    run = lab.run([request("user.touch", way)], expect_panic=True)
    reason = run.panic.reason if run.panic else "no report"
    if "bad pointer of the kernel" not in reason:
        differs("copy between user memory and an address of the kernel's where nothing is",
                "… bad pointer of the kernel …", reason)


def test_whole_address_spaces_keep_apart(lab: Lab) -> None:
    """Given more address spaces than identifiers, all with a page at the same address, then each
    finds its own data whenever it runs, and all frames come back in the end."""
    # From many identifiers to few: what is taken away does not come back.
    cases = [(2, 65535, 20), (64, 64, 400), (40, 17, 400), (3, 3, 30), (2, 3, 20), (1, 3, 10)]
    run = lab.run([request("user.rotate", *case, budget_ms=200) for case in cases])
    for (count, limit, turns), reply in zip(cases, run.replies, strict=True):
        what = f"{count} address spaces with {limit} identifiers run in turn, {turns} turns"
        if reply.status != OK:
            differs(what, "OK", name(reply.status))
        wrong = numbers(reply, "wrong")
        if wrong:
            differs(what, "each finds what it has written", f"another value in turn {wrong[0]}")
        before, after = numbers(reply, "frames")
        if before != after:
            differs(what, f"{before} frames in page tables and objects afterwards", str(after))
