"""The fixture `lab`: boots the kernel under test, asks it, and gives the answers to the test."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from cairn import stretches
from cairn.architectures import Hardware, Node
from cairn.explain import Asked, GuestFailure, explain, where_it_hangs
from cairn.lanes import Exact, Lane, Ordered
from cairn.machine import CONSOLE, PROTOCOL, End, Machine, Setup, keep_logs
from cairn.protocol import Panic, Reply, Secret, Todo, Transcript
from cairn.ramdisk import write_ramdisk
from cairn.requests import Request, script
from cairn.session import Session
from cairn.talk import Silence, Talk

BOOT_BUDGET_MS = 200
PROMPT = b"cairn> "

# Back-stops in seconds of host time, on the reference host: until the kernel greets, then in all,
# and for every second of guest time that the requests may take.
GREETING_SECONDS = 6.0
FINISH_SECONDS = 8.0
SECONDS_PER_GUEST_SECOND = 60.0
TYPING_SECONDS = 10.0


@dataclass
class Run:
    """What one boot brought."""

    replies: list[Reply]
    console_bytes: bytes
    todos: list[Todo]
    panic: Panic | None
    end: End
    exit_status: int | None

    @property
    def console(self) -> str:
        """The text on the first serial port, with newlines alone at the ends of lines."""
        return self.console_bytes.decode("utf-8", "replace").replace("\r\n", "\n")


@dataclass
class Lab:
    """What a test sees of its session."""

    session: Session
    test: str  # "file.py::name"
    rerun: str  # the command that repeats the test
    folder: Path
    instructions: int = 0
    todos: list[Todo] = field(default_factory=list)
    boots: int = 0
    setups: list[Setup] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(f"{self.seed}:{self.test}")

    @property
    def arch(self) -> str:
        """The architecture of the kernel under test."""
        return self.session.arch

    @property
    def seed(self) -> int:
        """The number that decides everything random in this session."""
        return self.session.seed

    def run(
        self,
        requests: Sequence[Request] = (),
        *,
        processors: int = 1,
        memory: str = "256M",
        nodes: Sequence[Node] = (),
        devices: Sequence[str] = (),
        command_line: str = "",
        keys: str | Sequence[str] | None = None,
        budget_ms: int = 50,
        boot_budget_ms: int = BOOT_BUDGET_MS,
        expect_panic: bool = False,
    ) -> Run:
        """Boots the kernel, has it serve `requests`, and returns what came.

        `budget_ms` is the guest time of a request that names none itself. With `keys` the machine
        goes on to the monitor afterwards, in the ordered lane: each item is typed when the monitor
        shows its prompt, and the run ends at the prompt after the last one.

        Raises GuestFailure when the guest dies, hangs, floods, restarts or sends bad records; with
        `expect_panic`, a panic is an end like any other.
        """
        measures = stretches.asked()
        asked = Asked([*requests, *measures], budget_ms, boot_budget_ms, self.session.budget_scale)
        secret = self._secret()
        lane: Lane = Exact(self._number("qemu")) if keys is None else Ordered(self._number("qemu"))
        end = "poweroff" if keys is None else "monitor"
        setup = self._setup(
            script(
                secret,
                asked.requests,
                end=end,
                boot_budget_ms=boot_budget_ms,
                budget_ms=budget_ms,
                scale=asked.scale,
            ),
            Hardware(processors, memory, tuple(nodes), tuple(devices)),
            command_line,
            lane,
        )
        self.boots += 1
        transcript = Transcript(secret)
        typed = [keys] if isinstance(keys, str) else list(keys or ())
        run = self._boot(setup, transcript, asked, typed if keys is not None else None)
        self._check(setup, transcript, asked, run, keys is not None, expect_panic)
        if measures and len(run.replies) == len(asked.requests):
            stretches.note(self.session.folder, self.test, run.replies.pop())
        return run

    @contextmanager
    def talk(
        self,
        *,
        processors: int = 1,
        memory: str = "256M",
        nodes: Sequence[Node] = (),
        devices: Sequence[str] = (),
        command_line: str = "",
        budget_ms: int = 50,
    ) -> Iterator[Talk]:
        """Boots the kernel in the ordered lane and gives a conversation with it.

        When the block ends the machine is switched off. Raises GuestFailure as run() does.
        """
        asked = Asked([], budget_ms, BOOT_BUDGET_MS, self.session.budget_scale)
        secret = self._secret()
        text = script(
            secret, [], end="interactive", boot_budget_ms=BOOT_BUDGET_MS, scale=asked.scale
        )
        hardware = Hardware(processors, memory, tuple(nodes), tuple(devices))
        setup = self._setup(text, hardware, command_line, Ordered(self._number("qemu")))
        self.boots += 1
        seconds = FINISH_SECONDS + asked.guest_seconds * SECONDS_PER_GUEST_SECOND
        with Machine(setup, self._machine_folder()) as machine:
            talk = Talk(machine, Transcript(secret), asked, seconds * self.session.host_factor)
            try:
                yield talk
                talk.finish()
            except Silence:
                pass  # What happened is judged below, from what came.
            if machine.end is None:
                machine.stop(End.BACKSTOP)
            talk.follow()
            run = self._result(machine, talk.transcript)
        self._check(setup, talk.transcript, replace(asked, requests=talk.requests), run)

    # --- one boot --------------------------------------------------------------------------------

    def _number(self, purpose: str, bits: int = 31) -> int:
        """A number that seed, test and boot decide."""
        text = f"{self.seed}:{self.test}:{self.boots}:{purpose}".encode()
        return int.from_bytes(hashlib.sha256(text).digest()[:16], "little") % (1 << bits)

    def _secret(self) -> Secret:
        return Secret(self._number("nonce", 64), self._number("key", 128).to_bytes(16, "little"))

    def _machine_folder(self) -> Path:
        return self.folder / f"boot{self.boots}"

    def _setup(self, text: bytes, hardware: Hardware, command_line: str, lane: Lane) -> Setup:
        folder = self.folder
        folder.mkdir(parents=True, exist_ok=True)
        ramdisk = folder / f"ramdisk{self.boots}.tar"
        symbols = (self.session.folder / "symbols").read_bytes()
        write_ramdisk(ramdisk, {"symbols": symbols, "script": text})
        setup = Setup(
            arch=self.arch,
            image=self.session.image,
            ramdisk=ramdisk,
            command_line=command_line,
            hardware=hardware,
            lane=lane,
        )
        self.setups.append(setup)
        return setup

    def _boot(
        self, setup: Setup, transcript: Transcript, asked: Asked, keys: list[str] | None
    ) -> Run:
        factor = self.session.host_factor
        read = 0

        def follow(machine: Machine) -> None:
            nonlocal read
            data = machine.output(PROTOCOL)
            transcript.feed(data[read:])
            read = len(data)

        def limit(machine: Machine) -> float:
            follow(machine)
            if transcript.hello is None:
                return GREETING_SECONDS * factor
            return (FINISH_SECONDS + asked.guest_seconds * SECONDS_PER_GUEST_SECOND) * factor

        with Machine(setup, self._machine_folder()) as machine:
            if keys is not None:
                self._type(machine, keys, factor)
            machine.finish(lambda: limit(machine))
            follow(machine)
            return self._result(machine, transcript)

    def _result(self, machine: Machine, transcript: Transcript) -> Run:
        assert machine.end is not None
        run = Run(
            transcript.replies,
            machine.output(CONSOLE),
            transcript.todos,
            transcript.panic,
            machine.end,
            machine.exit_status,
        )
        self.instructions += sum(reply.instructions for reply in run.replies)
        self.todos += run.todos
        return run

    def _type(self, machine: Machine, keys: list[str], factor: float) -> None:
        """Types each item at its own prompt, then ends the machine at the last one."""
        for number, text in enumerate([*keys, None], 1):
            came = machine.wait(
                lambda: machine.output(CONSOLE).count(b"\n" + PROMPT) >= number,
                TYPING_SECONDS * factor,
            )
            if not came:
                break
            if text is None:
                machine.quit()
            else:
                machine.type(CONSOLE, text.encode("utf-8"))
        if machine.end is None:
            machine.stop(End.BACKSTOP)

    # --- what to make of it ----------------------------------------------------------------------

    def _check(
        self,
        setup: Setup,
        transcript: Transcript,
        asked: Asked,
        run: Run,
        typing: bool = False,
        expect_panic: bool = False,
    ) -> None:
        hang = ""
        complete = len(run.replies) == len(asked.requests) and all(r.ended for r in run.replies)
        if typing:
            good_end = run.end in (End.STOPPED, End.OFF)
        else:
            good_end = run.end is End.OFF and transcript.bye
        if transcript.fault_count == 0:
            if complete and good_end and run.panic is None:
                return
            if expect_panic and run.panic is not None:
                return
        keep_logs(self._machine_folder(), self.logs)
        repeatable = isinstance(setup.lane, Exact)
        if repeatable and run.end is End.WATCHDOG and transcript.fault_count == 0:
            hang = where_it_hangs(setup, self.folder / "hang", self.session)
        raise GuestFailure(explain(self.session, asked, transcript, run, self.rerun, hang))

    @property
    def logs(self) -> Path:
        """Where the logs of this test's last failed boot are kept."""
        return self.session.logs / self.test.replace("::", ".").replace("/", ".")
