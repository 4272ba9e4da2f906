"""Exercise 1.1: the UART driver, judged by what it does to a simulated UART."""

from __future__ import annotations

from cairn.lab import Lab
from cairn.requests import hexbytes, request

from .errors import DEVICE, OK, TIMED_OUT, WOULD_BLOCK, name
from .teaching import count_of, differs
from .uart_model import (BREAK, CHIPS, DAMAGES, FOR_EVER, FRAMING, NO_REGISTER, NS16550, OVERRUN,
                         PARITY, PATIENCE, Call, Chip, Script, nearest, settings_16550,
                         settings_pl011)


CLOCK_MAX = (1 << 32) - 1


def calls_of(lab: Lab, script: Script, budget_ms: int = 20) -> list[Call]:
    """Runs one script by itself."""
    run = lab.run([script.request(budget_ms=budget_ms)])
    return script.calls(run.replies[0])


def check_sent(chip: Chip, call: Call, asked: str) -> None:
    """One send() of one byte that had, or got, room."""
    byte = call.step.argument
    if call.result != OK:
        differs(asked, "OK", name(call.result), call.story())
    if call.data_reads(chip):
        differs(asked, "no read of the data register: that takes a received byte away",
                call.story())
    writes = call.data_writes(chip)
    if any(not access.had_room for access in writes):
        differs(asked, "the data register written only after a poll has found room",
                f"a write while the transmitter was full: {call.story()}")
    if sum(access.count for access in writes) != 1:
        differs(asked, "one write to the data register", call.story())
    if writes[0].value != byte:
        differs(asked, f"the byte 0x{byte:02x} in the data register",
                f"0x{writes[0].value:02x}")
    check_others_untouched(chip, call, asked, allowed=(chip.data,))


def check_others_untouched(chip: Chip, call: Call, asked: str, allowed: tuple[int, ...]) -> None:
    for access in call.accesses:
        if access.register == NO_REGISTER:
            differs(asked, "accesses to the UART's registers, base + number * stride",
                    f"an access elsewhere: {call.story()}", "uart_read() and uart_write() do this")
        if access.write and access.register not in allowed:
            differs(asked, "no write to other registers", str(access))


def check_received(chip: Chip, call: Call, expected: int, asked: str) -> None:
    """One receive(), with what it should return."""
    reads = call.data_reads(chip)
    if any(not access.had_byte for access in reads):
        differs(asked, "the data register read only when a byte has arrived", call.story())
    taken = sum(access.count for access in reads)
    wanted = 0 if expected == WOULD_BLOCK else 1
    if taken != wanted:
        differs(asked, count_of(wanted, "read") + " of the data register", call.story())
    if call.result != expected:
        shown = name(call.result) if call.result < 0 else f"the byte 0x{call.result:02x}"
        wish = name(expected) if expected < 0 else f"the byte 0x{expected:02x}"
        differs(asked, wish, shown, call.story())
    check_others_untouched(chip, call, asked, allowed=chip.clears_errors)


def test_sends_every_byte_in_order(lab: Lab) -> None:
    """Given room, all 256 bytes and random ones go out once each, whatever waits to be read."""
    chip = CHIPS[lab.arch]
    scripts = [Script(chip).arrive(b"typed ahead").send(range(0, 128)),
               Script(chip).arrive(b"typed ahead").send(range(128, 256))]
    for stride in chip.strides:
        base = lab.random.randrange(1 << 46) * 16
        scripts.append(Script(chip, base=base, stride=stride).send(lab.random.randbytes(40)))
    run = lab.run([script.request() for script in scripts])
    for script, reply in zip(scripts, run.replies):
        for call in script.calls(reply):
            check_sent(chip, call, f"send 0x{call.step.argument:02x} over a UART at "
                                   f"0x{script.base:x}, registers {script.stride} bytes apart")


def test_waits_until_the_transmitter_has_room(lab: Lab) -> None:
    """Given a full transmitter, when room comes after some polls, then the byte goes out then."""
    chip = CHIPS[lab.arch]
    script = Script(chip)
    waits = [0, 1, 2, 3, 15, 16, 17, PATIENCE - 1]
    waits += [lab.random.randrange(1, 400) for _ in range(40)]
    for polls in waits:
        script.full(polls).send([lab.random.randrange(256)])
    calls = calls_of(lab, script, budget_ms=60)
    for polls, call in zip(waits, calls):
        asked = f"send 0x{call.step.argument:02x}; room appears after {polls} polls"
        check_sent(chip, call, asked)
        if call.polls(chip) != polls:
            differs(asked, f"{polls} polls that find no room", call.story())


def test_gives_up_on_a_transmitter_that_stays_full(lab: Lab) -> None:
    """Given no room for ever, then send() asks UART_PATIENCE times and sends nothing."""
    chip = CHIPS[lab.arch]
    byte = lab.random.randrange(256)
    script = Script(chip).full(FOR_EVER).send([byte]).full(0).send([byte ^ 0xff])
    stuck, after = calls_of(lab, script, budget_ms=60)
    asked = f"send 0x{byte:02x} to a transmitter that never has room"
    if stuck.data_writes(chip):
        differs(asked, "nothing sent", stuck.story())
    if stuck.result != TIMED_OUT:
        differs(asked, "ERROR_TIMED_OUT", name(stuck.result))
    if not PATIENCE <= stuck.polls(chip) <= PATIENCE + 1:
        differs(asked, f"UART_PATIENCE = {PATIENCE} polls", f"{stuck.polls(chip)} polls")
    check_sent(chip, after, "send another byte when there is room again")


def test_receives_what_arrived_in_order(lab: Lab) -> None:
    """Given bytes that arrived, then each receive() takes the oldest, and one more takes none."""
    chip = CHIPS[lab.arch]
    first, second = bytes(range(0, 120)), bytes(range(120, 256))
    third = lab.random.randbytes(60)
    scripts = [Script(chip).receive(2),
               Script(chip).arrive(first).receive(60).full(FOR_EVER).receive(62),
               Script(chip).arrive(second[:80]).receive(81),
               Script(chip).arrive(second[80:]).receive(57),
               Script(chip, stride=chip.strides[-1]).arrive(third).receive(61)]
    arrived = [b"", first, second[:80], second[80:], third]
    run = lab.run([script.request() for script in scripts])
    for script, reply, data in zip(scripts, run.replies, arrived):
        for i, call in enumerate(script.calls(reply)):
            expected = data[i] if i < len(data) else WOULD_BLOCK
            check_received(chip, call, expected,
                           f"receive, call {i + 1}, after {len(data)} bytes have arrived")


def test_drops_damaged_bytes(lab: Lab) -> None:
    """Given damaged bytes among good ones, then only those are dropped, one a call."""
    chip = CHIPS[lab.arch]
    damages = [0, FRAMING, 0, PARITY, BREAK, 0, OVERRUN, FRAMING | BREAK, PARITY | OVERRUN, 0]
    damages += [lab.random.choice([0, 0, FRAMING, PARITY, BREAK, OVERRUN]) for _ in range(80)]
    bytes_ = [(0 if damage & BREAK else lab.random.randrange(256)) | damage for damage in damages]
    calls = calls_of(lab, Script(chip).arrive(bytes_).receive(len(bytes_) + 1))
    for i, call in enumerate(calls):
        if i == len(bytes_):
            check_received(chip, call, WOULD_BLOCK, "receive after all bytes have been taken")
            continue
        damage = " and ".join(text for bit, text in DAMAGES.items() if bytes_[i] & bit)
        asked = f"receive 0x{bytes_[i] & 0xff:02x}, arrived with {damage or 'no error'}"
        check_received(chip, call, DEVICE if damage else bytes_[i], asked)


def expected_divisors(chip: Chip, clock: int, baud: int) -> set[int]:
    if chip is NS16550:
        return {min(max(divisor, 1), 0xffff) for divisor in nearest(clock, 16 * baud)}
    return {min(max(divisor, 64), 0xffff * 64) for divisor in nearest(4 * clock, baud)}


def test_starts_with_format_and_speed(lab: Lab) -> None:
    """Given a UART as firmware may leave it, then start() sets 8N1, FIFOs, no interrupts, speed."""
    chip = CHIPS[lab.arch]
    speeds = [(1_843_200, 115_200), (1_843_200, 9_600), (1_843_200, 57_600), (24_000_000, 115_200),
              (3_686_400, 230_400), (48_000_000, 3_000_000), (0, 115_200), (0, 9_600), (1, 1),
              (1_000_000, 4_000_000), (CLOCK_MAX, 110), (CLOCK_MAX, 1), (CLOCK_MAX, 4_000_000)]
    speeds += [(lab.random.randrange(100_000, 1 << 32), lab.random.randrange(50, 4_000_001))
               for _ in range(40)]
    cases = []
    for clock, baud in speeds:
        before = {1: lab.random.randrange(1, 16), 3: lab.random.randrange(0x40), 4: 0x0b,
                  11: lab.random.randrange(0x100), 12: 0x0301, 14: lab.random.randrange(1, 0x800)}
        before = {n: v for n, v in before.items() if (n < 8) == (chip is NS16550)}
        script = Script(chip, clock=clock, baud=baud)
        for number, value in before.items():
            script.register(number, value)
        cases.append((script.start(), before))
    run = lab.run([script.request() for script, _ in cases])
    for (script, before), reply in zip(cases, run.replies):
        check_started(chip, script, before, script.calls(reply)[0])


def check_started(chip: Chip, script: Script, before: dict[int, int], call: Call) -> None:
    asked = (f"start a {chip.driver} with a clock of {script.clock} Hz "
             f"at {script.baud} bits a second")
    left = 0x0bad
    play = settings_16550 if chip is NS16550 else settings_pl011
    now = play(dict.fromkeys(range(32), 0) | before, left, call.accesses)
    line, control = (0x03, 0x00) if chip is NS16550 else (0x70, 0x301)
    if now.faults:
        differs(asked, "only settings changed, in the order that the manual asks for",
                now.faults[0])
    if now.line != line:
        differs(asked, f"8 data bits, no parity, 1 stop bit: line control 0x{line:02x} at the end",
                f"0x{now.line:02x}", call.story())
    if not now.fifo:
        differs(asked, "the FIFOs enabled", "they are not", call.story())
    if now.interrupts != 0:
        differs(asked, "no interrupt enabled",
                f"0x{now.interrupts:x} in the register that masks them", call.story())
    if now.control & control != control:
        differs(asked, "UART, transmitter and receiver enabled: bits 0x301 of the control register",
                f"0x{now.control:x}", call.story())
    if now.control & (0x10 if chip is NS16550 else 0x80):
        differs(asked, "no loop-back", f"0x{now.control:x} in the control register", call.story())
    check_divisor(chip, script, asked, left, now.divisor, call)
    check_others_untouched(chip, call, asked, allowed=tuple(range(32)))


def check_divisor(chip: Chip, script: Script, asked: str, left: int, came: int, call: Call) -> None:
    if script.clock == 0:
        if came != left:
            differs(asked, "the divisor as the firmware left it: the clock is unknown",
                    f"the divisor {came}", call.story())
        return
    wanted = expected_divisors(chip, script.clock, script.baud)
    if came not in wanted:
        differs(asked, f"the divisor {' or '.join(map(str, sorted(wanted)))}",
                "the divisor left alone" if came == left else f"the divisor {came}", call.story())


def test_console_shows_what_is_written(lab: Lab) -> None:
    """Given the machine's own console, when text is written, then the host sees all of it."""
    texts = ["".join(lab.random.choices("abcdefghijklmnopqrstuvwxyz0123456789 .,;", k=size))
             for size in (1, 40, 200, 400)]
    texts = [f"<{number}:{text}>" for number, text in enumerate(texts)]
    lines = [(text + "\n").encode() for text in texts]
    run = lab.run([request("console.write", hexbytes(line), budget_ms=50) for line in lines])
    for text in texts:
        if text not in run.console:
            differs(f'write "{text}" to the console', "that text on the first serial port",
                    "other text, or none", f"the console's end: …{run.console[-200:]!r}")
