"""`cairn bench-run`: one boot of a grading kernel in the exact lane, and what its requests cost."""

from __future__ import annotations

import argparse
import json

from cairn.lab import Lab
from cairn.requests import request
from cairn.session import open_session


def bench_run(options: argparse.Namespace) -> int:
    """Prints a JSON object with a row for each request: probe, status, instructions, facts."""
    requests = [request(*line.split()) for line in options.request]
    with open_session(options.arch, options.sanitized, options.seed, []) as session:
        lab = Lab(session, "bench", "make bench", session.folder / "bench")
        run = lab.run(requests, processors=options.processors, memory=options.memory)
        rows = [
            {
                "probe": asked.probe,
                "status": reply.status,
                "instructions": reply.instructions,
                "facts": {
                    name: value.hex() if isinstance(value, bytes) else value
                    for name, value in reply.facts.items()
                },
            }
            for asked, reply in zip(requests, run.replies, strict=True)
        ]
    print(json.dumps({"arch": options.arch, "rows": rows}, indent=2))
    return 0
