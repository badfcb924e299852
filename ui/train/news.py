"""How long a run has told nothing, as this session has seen it: no clock of another process is asked."""

from __future__ import annotations

import time

from core.runs.run import Run, Status
from ui import session

LONGEST_SILENCE = 15.0
_HEARD = "train-heard"


def silence(run: Run) -> float:
    """Return for how many seconds a run has told nothing; 0 where that is as it should be."""
    told = (run.id, run.status, run.request, run.progress)
    last: tuple[object, float] | None = session.value(_HEARD)
    if last is None or last[0] != told:
        last = (told, time.monotonic())
        session.put(_HEARD, last)
    quiet = time.monotonic() - last[1]
    expected = run.status is Status.RUNNING and not run.progress.paused
    return quiet if expected and quiet > LONGEST_SILENCE else 0.0
