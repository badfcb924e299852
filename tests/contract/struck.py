"""A training process that is killed, as `kill -9` does, at a place on its way; run by `test_killed.py`."""

from __future__ import annotations

import functools
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

DELAY = 0.002
"""Seconds into a chunk of batches at which one is struck in its midst."""


class Strike(NamedTuple):
    """When the process is killed.

    Attributes:
        place: At which of `PLACES`.
        number: The how-manieth time it comes there, from 1.
        after: Whether what is done there has been done already.
    """

    place: str
    number: int = 1
    after: bool = False


def train(home: Path, run_id: str, attempt: int, strike: Strike | None) -> None:
    """Train a run that was begun for this process, and be killed on the way."""
    from core.runs.checkpoints import Checkpoints
    from core.runs.store import RunStore
    from core.training import job, steps

    os.environ["LAYERLAB_HOME"] = str(home)
    if strike is not None:
        owners: dict[str, tuple[Any, str]] = {
            "batch": (steps._InGraph, "run"),
            "record": (RunStore, "record"),
            "checkpoint": (Checkpoints, "keep"),
            "to disk": (os, "fsync"),
            "into place": (os, "replace"),
            "last file": (Checkpoints, "keep_newest_only"),
            "end": (RunStore, "finish"),
        }
        owner, name = owners[strike.place]
        setattr(owner, name, _struck(getattr(owner, name), strike))
    job.run_to_end(RunStore(home), run_id, attempt, cores=1)


def _struck(done: Callable[..., Any], strike: Strike) -> Callable[..., Any]:
    times = iter(range(1, 1_000_000))

    @functools.wraps(done)
    def instead(*args: Any, **kwargs: Any) -> Any:
        due = next(times) == strike.number
        if due and strike.place == "batch" and not strike.after:
            threading.Timer(DELAY, _kill).start()  # while it computes
        elif due and not strike.after:
            _kill()
        result = done(*args, **kwargs)
        if due:
            _kill()
        return result

    return instead


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
