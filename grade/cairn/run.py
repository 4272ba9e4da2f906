"""`make run`: boots a kernel at this terminal."""

from __future__ import annotations

import argparse
import os
import shlex
import sys

from cairn.architectures import (
    ARCHITECTURES,
    Hardware,
    boot_arguments,
    build_folder,
    hardware_arguments,
)


def machine_arguments(options: argparse.Namespace) -> list[str]:
    """QEMU's arguments for the machine that the options describe, without its ports."""
    arch = ARCHITECTURES[options.arch]
    folder = build_folder(options.arch, options.variant, options.sanitized)
    hardware = Hardware(
        options.processors, options.memory, devices=tuple(shlex.split(options.qemu))
    )
    return [
        *hardware_arguments(arch, hardware),
        *boot_arguments(folder / arch.image, folder / "ramdisk.tar", options.append),
    ]


def run(options: argparse.Namespace) -> int:
    """Becomes QEMU, with the guest's console on this terminal."""
    arguments = [*machine_arguments(options), "-serial", "mon:stdio"]
    if sys.stdin.isatty():
        print("Leave with Ctrl-A X, or type poweroff. Ctrl-A H helps; Ctrl-C goes to the guest.")
    sys.stdout.flush()
    os.execvp(arguments[0], arguments)
