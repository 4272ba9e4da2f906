"""The two ways to run a machine: exactly repeatable, or with ports that can be typed on."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import ClassVar

# Of the heartbeat, in microseconds of guest time.
HEARTBEAT_SHORTEST = 50
HEARTBEAT_LONGEST = 1000


def heartbeat_arguments(seed: int) -> list[str]:
    """A timer that ends every processor's turn, so that one which never pauses can't starve others.

    It is the only timer of QEMU's that needs nothing from the guest: a network filter on a hub with
    nothing attached. Another interval gives another interleaving of the processors.
    """
    interval = random.Random(f"heartbeat:{seed}").randint(HEARTBEAT_SHORTEST, HEARTBEAT_LONGEST)
    return [
        *("-netdev", "hubport,id=heartbeat,hubid=0"),
        *("-object", f"filter-buffer,id=beat,netdev=heartbeat,queue=rx,interval={interval}"),
    ]


def counting_arguments(seed: int, record: str = "") -> list[str]:
    """One guest instruction is one nanosecond; all randomness comes from the seed."""
    return [
        *("-icount", "shift=0,sleep=off" + record),
        *("-seed", str(seed % (1 << 31))),
        *("-rtc", "base=2026-01-01,clock=vm"),
    ]


@dataclass(frozen=True)
class Exact:
    """The same run, instruction for instruction, on any host: nothing comes in while it runs."""

    seed: int
    record: str = ""  # for recordings: more of -icount
    output_to_files: ClassVar[bool] = True

    def arguments(self, processors: int) -> list[str]:
        """QEMU's arguments for this lane."""
        beat = heartbeat_arguments(self.seed) if processors > 1 else []
        return counting_arguments(self.seed, self.record) + beat


@dataclass(frozen=True)
class Ordered:
    """Ports are sockets: input comes in host time, so verdicts rest on facts, never on timing."""

    seed: int
    output_to_files: ClassVar[bool] = False

    def arguments(self, processors: int) -> list[str]:
        """QEMU's arguments for this lane."""
        beat = heartbeat_arguments(self.seed) if processors > 1 else []
        return counting_arguments(self.seed) + beat


Lane = Exact | Ordered
