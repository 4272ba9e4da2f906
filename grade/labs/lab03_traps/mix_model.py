"""The long computation of the probe traps.mix (kernel/probe/probe_mix.c)."""

from __future__ import annotations

VALUES = 28
ALL = (1 << 64) - 1


def mixed(seed: int, rounds: int) -> list[int]:
    """The values at the end, when nothing disturbs them."""
    values = []
    for _ in range(VALUES):
        seed = (seed * 6364136223846793005 + 1442695040888963407) & ALL
        values.append(seed)
    for _ in range(rounds):
        for i in range(VALUES):
            value, other = values[i], values[(i + 1) % VALUES]
            value = ((value << 13 | value >> 51) + other) & ALL
            value ^= other >> 7
            values[i] = (value + (value < other)) & ALL
    return values
