"""Watch a run in the store until it is over, and pass on what a person asks for by Ctrl-C."""

from __future__ import annotations

import signal
import time
from enum import Enum
from types import FrameType, TracebackType
from typing import Any, Self

from core.command.progress import Display
from core.command.words import complain
from core.runs.run import Event, Request, Run
from core.runs.store import RunStore
from core.workers.client import Workers

LOOK_SECONDS = 0.1
"""Time between two looks at the store."""
STOPPING = "Stopping: what was learned is kept and tested. Press Ctrl-C again to leave at once."


class Watched(Enum):
    """How watching ended."""

    OVER = "the run is over"
    STOPPED = "the run is over, because it was asked to stop here"
    LEFT = "a person went away"


class Interrupts:
    """Counts Ctrl-C instead of ending at the first."""

    def __init__(self) -> None:
        """Begin with none."""
        self.count = 0
        self._before: Any = None

    def __enter__(self) -> Self:
        """Count from here on."""
        self._before = signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Have Ctrl-C do what it did before."""
        signal.signal(signal.SIGINT, self._before)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        self.count += 1


def watch(run: Run, store: RunStore, workers: Workers, shown: Display, interrupts: Interrupts) -> Watched:
    """Show how a run goes until it is over, or a person has pressed Ctrl-C twice.

    Args:
        run: Queued, or under way.
        store: Where it is.
        workers: Who trains it; or another server's, which was quicker.
        shown: Where it is shown.
        interrupts: The first asks the run to stop, the second ends the watching.

    Raises:
        WorkerLost: Nobody can train it.
        RunNotFound: It was deleted meanwhile.
    """
    epochs = Epochs(store, run.id)
    asked = False
    while True:
        if interrupts.count > 1:
            return Watched.LEFT
        if interrupts.count and not asked:
            asked = True
            store.ask(run.id, Request.STOP)
            complain(STOPPING)
        now = store.get(run.id)
        for event in epochs.new(now):
            shown.epoch(now, event)
        if now.status.over:
            return Watched.STOPPED if asked else Watched.OVER
        ahead = 0 if now.progress.epoch else store.ahead_of(now)
        shown.now(now, store.last_event(run.id, "point"), ahead)
        workers.start()  # where the foreman was lost; a word where it can't be
        time.sleep(LOOK_SECONDS)


class Epochs:
    """The epochs of a run, each once, even where it goes back to a checkpoint."""

    def __init__(self, store: RunStore, run_id: str) -> None:
        """Begin before the first."""
        self._store = store
        self._run_id = run_id
        self._generation = 0
        self._seq = 0
        self._told = 0.0

    def new(self, run: Run) -> list[Event]:
        """Return the epochs that were not there before."""
        if run.generation != self._generation:
            self._generation, self._seq = run.generation, 0  # numbers are given anew
        found = self._store.events(self._run_id, self._seq, "epoch")
        self._seq = max((event.seq for event in found), default=self._seq)
        fresh = [event for event in found if event.body["epoch"] > self._told]
        self._told = max((event.body["epoch"] for event in fresh), default=self._told)
        return fresh
