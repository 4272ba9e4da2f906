"""Messages of the running machine: two of QEMU's `edu` devices write them.

These tests carry no points: they need most exercises of the lab at once. They are marked as
negative so that they hold back nobody's points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from cairn.lab import Lab
from cairn.requests import request
from labs.lab01_boot.errors import CODES, NO_SPACE, NOT_FOUND, OK, name
from labs.lab01_boot.facts import number, numbers, signed
from labs.lab01_boot.teaching import differs

from .traps_model import MACHINES, WAIT_NS, Steps, Variant, check

pytestmark = pytest.mark.negative

BUSY = CODES["ERROR_BUSY"]
DEVICE = CODES["ERROR_DEVICE"]
NOT_SUPPORTED = CODES["ERROR_NOT_SUPPORTED"]
OUT_OF_RANGE = CODES["ERROR_OUT_OF_RANGE"]

EDUS = ("-device", "edu", "-device", "edu")
# The requester IDs that the GIC's table of devices has room for.
ITS_IDS = 8192
GITS_CTLR = 0x0808_0000


def variants(lab: Lab, has_messages: bool = True) -> Iterator[Variant]:
    return (v for v in MACHINES[lab.arch].variants if v.has_messages is has_messages)


def message_steps() -> Steps:
    return Steps(probe="messages.steps")


def raised(steps: Steps, *devices: int) -> Steps:
    """Has the devices send their messages, one after the other."""
    for device in devices:
        steps.do("raise", device).do("wait", WAIT_NS)
    return steps


def judge(lab: Lab, title: str, steps: Steps, variant: Variant, calls: list[int],
          processors: int = 1) -> None:
    """Runs the steps; the handlers must have been called in that order."""
    replies = check(lab, title, steps, (*variant.devices, *EDUS), processors)
    order = [slot for reply in replies for slot in numbers(reply, "order")]
    if order != calls:
        differs(title, f"calls of the handlers {calls}", str(order))


def test_whole_messages_ring_in_their_order(lab: Lab) -> None:
    """Given two devices that send messages in a random order, then the calls follow it."""
    for variant in variants(lab):
        asked = [lab.random.randrange(2) for _ in range(lab.random.randrange(20, 40))]
        steps = raised(message_steps().do("attach_device", 0, 0).do("attach_device", 1, 1), *asked)
        for slot in (0, 1):
            steps.expect("count", slot, value=asked.count(slot), why="messages of its device")
        judge(lab, "send messages", steps, variant, asked)


def test_whole_a_message_is_held_back(lab: Lab) -> None:
    """Given a message that is masked, then it rings once, when it is let through."""
    for variant in variants(lab):
        steps = message_steps().do("attach_device", 0, 0).do("attach_device", 1, 1)
        raised(steps.do("mask", 0), 0, 1, 0, 0, 1)
        steps.expect("count", 0, value=0, why="while it is masked")
        steps.expect("count", 1, value=2, why="whatever others mask")
        steps.do("unmask", 0).do("wait", WAIT_NS)
        steps.expect("count", 0, value=1, why="when it is let through")
        steps.do("mask", 0).do("mask", 0).do("unmask", 0).do("wait", WAIT_NS)
        steps.expect("count", 0, value=1, why="as nothing came meanwhile")
        raised(steps, 0)
        judge(lab, "mask a message", steps, variant, [1, 1, 0, 0])


def test_whole_a_message_is_an_edge(lab: Lab) -> None:
    """Given messages that come while interrupts are off, then they ring once, and no more."""
    for variant in variants(lab):
        steps = message_steps().do("attach_device", 0, 0)
        steps.do("raise", 0).do("raise", 0).do("wait", WAIT_NS).do("wait", WAIT_NS)
        judge(lab, "send two messages at once", raised(steps, 0), variant, [0, 0])


def test_whole_a_message_ends_with_its_user(lab: Lab) -> None:
    """Given a message whose user has detached, then it rings for nobody, also not for the next."""
    for variant in variants(lab):
        steps = raised(message_steps().do("attach_device", 0, 0), 0).do("detach", 0)
        raised(steps, 0)
        raised(steps.do("attach_device", 1, 1), 1)
        steps.do("number", 0, expected=None).do("number", 1, expected=None)
        # Masked, sent, detached: what was kept is the former user's.
        raised(steps.do("mask", 1), 1).do("detach", 1).do("attach_device", 2, 0)
        raised(steps.do("wait", WAIT_NS), 0)
        judge(lab, "detach from a message", steps, variant, [0, 1, 2])
        first, second = (step.result for step in steps.steps if step.words[0] == "number")
        if first != second:
            differs("detach from a message and attach another", f"number {first} again",
                    str(second))


def test_whole_a_message_is_its_device_s(lab: Lab) -> None:
    """Given a message that another device sends, then the GIC refuses it, and others can't tell."""
    for variant in variants(lab):
        steps = message_steps().do("attach_device", 0, 0).do("attach_device", 1, 1).do("give", 0, 1)
        judge(lab, "have a device send another's message", raised(steps, 1, 0, 1), variant,
              [0] if lab.arch == "aarch64" else [0, 0, 0])


def test_whole_a_message_goes_to_a_processor(lab: Lab) -> None:
    """Given two processors, when a message goes to the other one, then the first isn't called."""
    for variant in variants(lab):
        elsewhere = lab.arch == "x86_64"  # the others must run first
        steps = raised(message_steps().do("attach_device", 0, 0), 0)
        steps.expect("processor", 0, 1, value=OK if elsewhere else NOT_SUPPORTED, why="asleep")
        raised(steps.do("give", 0, 0), 0)
        raised(steps.do("processor", 0, 0).do("give", 0, 0), 0)
        steps.expect("processor", 0, 2, value=OUT_OF_RANGE, why="with two processors")
        steps.expect("processor", 1, 0, value=NOT_FOUND, why="for one who is not attached")
        judge(lab, "send a message to a processor", steps, variant, [0] * (2 if elsewhere else 3),
              processors=2)


def test_whole_refuses_messages_that_cannot_be(lab: Lab) -> None:
    """Given a device that can't be, or one who is attached, then an error."""
    for variant in variants(lab):
        steps = message_steps().do("attach_device", 0, 0)
        steps.expect("attach", 0, 0, value=BUSY, why="for one who is attached")
        for device in (0x1_0000, 0xffff_ffff):
            steps.expect("attach", 1, device, value=OUT_OF_RANGE, why="for no requester ID")
        far = NOT_SUPPORTED if lab.arch == "aarch64" else OK
        steps.expect("attach", 1, ITS_IDS, value=far, why="for a device that is far away")
        for slot in (1, 2):
            steps.do("detach", slot).do("mask", slot).do("unmask", slot)
        judge(lab, "attach to a message", raised(steps, 0), variant, [0])
    if lab.arch == "aarch64":  # an ITS that was switched off does no commands
        steps = Steps().do("message", 0, 8).do("poke", GITS_CTLR, 0)
        for _ in range(2):
            steps.expect("message", 1, 9, value=DEVICE, why="when the ITS doesn't answer")
        check(lab, "attach to a message", steps.do("mask", 0).do("detach", 0).do("wait", WAIT_NS))
    for variant in variants(lab, has_messages=False):  # QEMU has no edu there either
        steps = message_steps().expect("attach", 0, 0, value=NOT_SUPPORTED, why="on this machine")
        check(lab, "attach to a message", steps, variant.devices)


def test_whole_messages_run_out(lab: Lab) -> None:
    """Given more messages than there are numbers, then an error, and all can be had again."""
    for variant in MACHINES[lab.arch].variants:
        run = lab.run([request("traps.exhaust", 1024)] * 2, devices=variant.devices)
        for reply in run.replies:
            given = numbers(reply, "numbers")
            if len(given) != variant.numbers or len(set(given)) != len(given):
                differs("attach messages until there are no more",
                        f"{variant.numbers} numbers, all different", f"{len(given)}: {given}")
            codes = [signed(number(reply, fact) % (1 << 64)) for fact in ("error", "again")]
            wanted = [NO_SPACE, OK] if variant.has_messages else [NOT_SUPPORTED] * 2
            if codes != wanted:
                differs("attach messages until there are no more, detach all, and attach one",
                        " and ".join(map(name, wanted)), " and ".join(map(name, codes)))


def test_whole_the_monitor_shows_messages(lab: Lab) -> None:
    """Given messages that came, then the monitor tells whose they are and how many."""
    for variant in variants(lab):
        steps = raised(message_steps().do("attach_device", 0, 0).do("attach_device", 1, 1), 1, 1, 0)
        run = lab.run([steps.request("send messages")], devices=(*variant.devices, *EDUS),
                      keys=["interrupts\r"])
        shown = re.findall(r"\d+  message +(\d+)  edu\n", run.console)
        if shown != ["1", "2"]:
            differs("type `interrupts` after messages of two devices", "1 and 2 messages of edu",
                    run.console[-600:])
