"""The command `tables`: the kernel's parsers in a process that a sanitizer watches."""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

# A request takes milliseconds; one that takes this long hangs.
PATIENCE_SECONDS = 60.0
ENDING_SECONDS = 10.0

OK = 0
NOT_FOUND = -3
NO_SPACE = -6
CORRUPT = -9


class TablesDied(AssertionError):
    """The command ended or hung: the kernel's code did something it must not do."""


class Tables:
    """Runs requests in one process, which is started anew after it has died."""

    def __init__(self, command: Path, keep: Path) -> None:
        self._command = command
        self._keep = keep
        self._process: subprocess.Popen[bytes] | None = None
        self._errors = tempfile.TemporaryFile()

    def ask(self, name: str, blob: bytes, *arguments: object) -> dict[str, Any]:
        """Runs a request; the answer is a JSON object."""
        process = self._started()
        words = " ".join([name, str(len(blob)), *(str(argument) for argument in arguments)])
        assert process.stdin is not None
        try:
            process.stdin.write(words.encode() + b"\n" + blob)
            process.stdin.flush()
            line = self._answer(process)
        except BrokenPipeError:
            line = b""
        if not line.endswith(b"\n"):
            raise TablesDied(self._bury(words, blob))
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Ends the process: by the end of its input, which lets it end as it likes, or by force."""
        if self._process is not None:
            assert self._process.stdin is not None
            try:
                self._process.stdin.close()
                self._process.wait(ENDING_SECONDS)
            except (BrokenPipeError, subprocess.TimeoutExpired):
                self._process.kill()
                self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except BrokenPipeError:
                        pass
            self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._errors.seek(0)
            self._errors.truncate()
            self._process = subprocess.Popen(
                [self._command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={**os.environ, "UBSAN_OPTIONS": "print_stacktrace=1"},
            )
        return self._process

    @staticmethod
    def _answer(process: subprocess.Popen[bytes]) -> bytes:
        assert process.stdout is not None
        descriptor = process.stdout.fileno()
        deadline = time.monotonic() + PATIENCE_SECONDS
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            piece = os.read(descriptor, 1 << 20) if ready else b""
            if not piece:
                break
            line += piece
        return line

    def _bury(self, words: str, blob: bytes) -> str:
        """Ends what is left of the process; says what happened and keeps the blob."""
        assert self._process is not None
        status = self._process.poll()
        if status is None:
            time.sleep(0.2)  # a sanitizer may still be writing its report
            status = self._process.poll()
        self.close()
        self._errors.seek(0)
        report = self._errors.read().decode(errors="replace")[-6000:]
        self._keep.write_bytes(blob)
        ending = "hung" if status is None else f"ended with status {status}"
        return f"`{words}` with the blob in {self._keep}: tables {ending}\n{report}"


def warnings_of(answer: dict[str, Any]) -> list[str]:
    """The warnings' texts."""
    return [warning["text"] for warning in answer["info"]["warnings"]]
