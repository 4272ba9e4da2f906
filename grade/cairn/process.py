"""Starting QEMU so that it can't outlive the grader, whatever happens to the grader."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> None:
    """Has the kernel kill this process when `parent`'s thread that made it ends."""
    if _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # It ended before the call.
        os._exit(127)


def spawn(
    arguments: Sequence[str],
    *,
    stderr: Path,
    pass_fds: Sequence[int] = (),
    output_limit: int | None = None,
) -> subprocess.Popen[bytes]:
    """Starts a program that ends with the calling thread, in a session of its own.

    A session of its own keeps Ctrl-C at the terminal from it. `output_limit` bounds each file that
    it writes, in bytes: QEMU blocks the signal that would end it, so its writes fail beyond that.
    Call this from a thread that lives as long as the program should.
    """
    parent = os.getpid()

    def prepare() -> None:
        die_with_parent(parent)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if output_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (output_limit, output_limit))

    with stderr.open("wb") as errors:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            pass_fds=pass_fds,
            start_new_session=True,
            preexec_fn=prepare,
        )
