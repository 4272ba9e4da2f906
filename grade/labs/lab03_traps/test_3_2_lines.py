"""Exercise 3.2: connecting and masking lines, judged by what happens to a simulated chip."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from cairn.lab import Lab
from labs.lab01_boot.errors import CODES, NOT_FOUND

from .lines_chips import CHIPS, FALLING, HIGH, LOW, RISING, Chip, Shape
from .lines_model import CONFIGURE, MASK, Replay, Script

NOT_SUPPORTED = CODES["ERROR_NOT_SUPPORTED"]
INVALID = CODES["ERROR_INVALID_ARGUMENT"]


def scripts_of(lab: Lab, per_shape: int = 1) -> list[Script]:
    """Empty scripts, for every shape of the architecture's chip."""
    chip = CHIPS[lab.arch]
    return [Script(chip, shape, lab.random.randrange(1 << 32)) for shape in chip.shapes
            for _ in range(per_shape)]


def some_lines(lab: Lab, shape: Shape, count: int) -> list[int]:
    return lab.random.choices(range(shape.first, shape.end), k=count)


def border_lines(shape: Shape) -> list[int]:
    """The first and the last line, and those where words of bits begin and end."""
    places = [shape.first, shape.first + 1, shape.end - 2, shape.end - 1]
    places += [32 * word + step for word in (1, 2, 3, 16, 31, 32) for step in (-1, 0, 1)]
    return sorted({line for line in places if shape.first <= line < shape.end})


def configure_all(lab: Lab, script: Script, lines: Sequence[int]) -> Script:
    """Configures the lines with good arguments, those at the borders first."""
    chip = script.chip
    targets = chip.targets(lab.random)
    for i, line in enumerate(lines):
        numbers = chip.numbers(lab.random, line)
        script.configure(line, numbers[i % len(numbers)], targets[i % len(targets)],
                         chip.triggers[i % len(chip.triggers)])
    return script


def run(lab: Lab, scripts: Sequence[Script]) -> list[Replay]:
    """Runs the scripts in one boot."""
    done = lab.run([script.request() for script in scripts])
    for script, reply in zip(scripts, done.replies, strict=True):
        script.read(reply)
    return [Replay(script) for script in scripts]


def check_calls(replay: Replay, masks: bool) -> None:
    """Judges calls by their results, by their lines' fields and, with `masks`, by those' masks."""
    for call in replay.calls():
        replay.check_result(call)
        for moment in replay.moments(call):
            replay.check_others(moment)
        if call.verb == CONFIGURE:
            replay.check_fields(call)
        if masks:
            replay.check_mask(call, call.verb == CONFIGURE)


def test_connects_a_line(lab: Lab) -> None:
    """Given numbers, targets and triggers, also at the borders, then the registers say so."""
    scripts = scripts_of(lab, 2)
    for script in scripts:
        configure_all(lab, script, some_lines(lab, script.shape, 24))
    for replay in run(lab, scripts):
        for call in replay.calls():
            replay.check_result(call)
            replay.finish(call)
            replay.check_fields(call)


def test_holds_the_line_back_meanwhile(lab: Lab) -> None:
    """Given lines that may ring, then each is masked before it changes, and stays so."""
    scripts = scripts_of(lab, 2)
    for script in scripts:
        for line in some_lines(lab, script.shape, 16):
            register, bit, masked = script.chip.mask_bit(script.shape, line)
            ringing = lab.random.randrange(1 << 32) & ~bit | bit ^ masked
            configure_all(lab, script.preset(register, ringing), [line])
    for replay in run(lab, scripts):
        for call in replay.calls():
            replay.check_result(call)
            for moment in replay.moments(call):
                replay.check_masked_meanwhile(moment)
            replay.check_mask(call, True)


def test_keeps_what_is_not_the_line_s(lab: Lab) -> None:
    """Given bits of other lines, reserved and read-only ones, then none of them ever changes."""
    scripts = scripts_of(lab, 2)
    for script in scripts:
        for line in some_lines(lab, script.shape, 12):
            configure_all(lab, script, [line]).unmask(line)
    for replay in run(lab, scripts):
        check_calls(replay, masks=False)


def test_masks_and_unmasks_one_line(lab: Lab) -> None:
    """Given lines in any state, then line_mask() and line_unmask() change that line's mask only."""
    scripts = scripts_of(lab, 2)
    for script in scripts:
        for line in border_lines(script.shape) + some_lines(lab, script.shape, 30):
            lab.random.choice([script.mask, script.unmask])(line)
        line = script.shape.first
        script.unmask(line).unmask(line).mask(line).mask(line).unmask(line)
    for replay in run(lab, scripts):
        for call in replay.calls():
            for moment in replay.moments(call):
                replay.check_others(moment)
            replay.check_mask(call, call.verb == MASK)


def test_reaches_the_first_and_the_last_line(lab: Lab) -> None:
    """Given chips of every size, then their lines at the borders are connected and let through."""
    scripts = scripts_of(lab)
    for script in scripts:
        for line in border_lines(script.shape):
            configure_all(lab, script, [line]).unmask(line)
    for replay in run(lab, scripts):
        check_calls(replay, masks=True)


def refused(lab: Lab, chip: Chip, shape: Shape) -> list[tuple[tuple[int, int, int, int], int]]:
    """Arguments of line_configure(), each wrong in one place, and the error that it must return."""
    line = lab.random.randrange(shape.first, shape.end)
    number, target = chip.numbers(lab.random, line)[-1], chip.targets(lab.random)[-1]
    lines = {shape.first - 1, shape.end, shape.end + 1, 0, (1 << 32) - 1, 1 << 31}
    wrong = [((bad, number if chip.kind == 0 else bad, target, HIGH), NOT_FOUND)
             for bad in sorted(lines)
             if 0 <= bad < 1 << 32 and not shape.first <= bad < shape.end]
    wrong += [((line, number, target, trigger), NOT_SUPPORTED)
              for trigger in (RISING, FALLING, HIGH, LOW) if trigger not in chip.triggers]
    if chip.kind == 0:
        wrong += [((line, bad, target, HIGH), INVALID)
                  for bad in (0, 31, 256, 256 + number, (1 << 32) - 1)]
        wrong += [((line, number, bad, HIGH), INVALID)
                  for bad in (256, 1 << 32, 1 << 63, (1 << 64) - 1)]
    else:
        wrong += [((line, bad % (1 << 32), target, HIGH), INVALID)
                  for bad in (line - 1, line + 1, line + 1024, line ^ 1 << 31)]
    if chip.kind == 1:
        wrong += [((line, number, 1 << bit, HIGH), INVALID) for bit in (24, 31, 40, 63)]
    return wrong


@pytest.mark.negative
def test_refuses_what_cannot_be(lab: Lab) -> None:
    """Given a line, number, target or trigger that can't be, then an error, and nothing written."""
    scripts = scripts_of(lab)
    expected = []
    for script in scripts:
        wrong = refused(lab, script.chip, script.shape)
        for arguments, _ in wrong:
            script.configure(*arguments)
        expected.append([error for _, error in wrong])
    for replay, errors in zip(run(lab, scripts), expected, strict=True):
        for call, error in zip(replay.calls(), errors, strict=True):
            replay.check_result(call, error)
            replay.check_no_write(call)
            replay.finish(call)
