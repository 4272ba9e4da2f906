"""Running steps side by side, each when those that it needs are proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from cairn_labs.proof.prover import Outcome, State
from cairn_labs.proof.steps import Step


def ready(waiting: Sequence[Step], ended: dict[Step, Outcome]) -> list[Step]:
    """The steps whose needs have ended, well or not."""
    return [step for step in waiting if all(need in ended for need in step.needs)]


def run_steps(steps: Sequence[Step], prove: Callable[[Step], Outcome], jobs: int,
              stop: Callable[[], None]) -> Iterator[Outcome]:
    """Proves every step, except those that need one that failed; gives outcomes as they come.

    `stop` is called when this ends before all is proved, so that nothing goes on in the background.
    """
    waiting, ended = list(steps), dict[Step, Outcome]()
    running: dict[Future[Outcome], Step] = {}
    with ThreadPoolExecutor(jobs) as pool:
        try:
            while waiting or running:
                for step in ready(waiting, ended):
                    failed = [need for need in step.needs
                              if ended[need].state in (State.FAILED, State.SKIPPED)]
                    if not failed and len(running) >= jobs:
                        continue
                    waiting.remove(step)
                    if failed:
                        said = f"needs “{failed[0].title}”"
                        ended[step] = Outcome(step, State.SKIPPED, complaints=(said,))
                        yield ended[step]
                    else:
                        running[pool.submit(prove, step)] = step
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    ended[running.pop(done)] = done.result()
                    yield done.result()
        except BaseException:
            stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
