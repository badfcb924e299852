"""One fault: a run that is begun, struck, judged, and brought to its end."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from core.data.sources import source
from core.experiment import edits
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.runs.run import Run, Status
from core.workers.client import Workers
from tests.contract.foremen import START
from tests.contract.processes import alive, kill, until
from tests.faults import evidence
from tests.faults.evidence import MOST_LOST, Snapshot
from tests.faults.places import Place
from tests.faults.truth import untruth

TRUE_SECONDS = 30.0
"""Time until the store has to say what is so."""
SHOWN_SECONDS = 5.0
"""Time until it has to say so where a worker died."""
BY_ITSELF = 120.0
"""Seconds for a new server, TensorFlow and the rest of a training, on a busy machine."""
MOMENTS = ("start", "first", "batch", "batch", "late")

__all__ = ["Scene", "Workers"]


class Scene:
    """What a fault does and sees. Whatever is not as it should be is noted in `breaches`."""

    def __init__(self, place: Place, seed: str, hold: float, epochs: tuple[int, int] = (8, 12)) -> None:
        """Begin a fault.

        Args:
            place: Where it happens; a server may be there already.
            seed: All that is chosen follows from it.
            hold: Seconds that a frozen process stays frozen, or a tenth of them.
            epochs: The fewest and the most epochs that a run is to have.
        """
        self.place = place
        self.store = place.store
        self.random = random.Random(seed)
        self.hold = hold
        self._epochs = epochs
        self.chosen: dict[str, Any] = {}
        self.breaches: list[str] = []
        self.runs: list[Run] = []
        self.seconds: float | None = None
        self.lost = 0
        self.ends: list[str] = []
        self._struck_at = 0.0
        self._before: Snapshot | None = None

    @property
    def run(self) -> Run:
        """The run that is struck: the first."""
        return self.runs[0]

    def choose(self, name: str, *options: Any) -> Any:
        """Choose by the seed, and note what."""
        return self.note(name, self.random.choice(options))

    def note(self, name: str, value: Any) -> Any:
        """Note something chosen, for the report."""
        self.chosen[name] = round(value, 4) if isinstance(value, float) else value
        return value

    def breach(self, words: str) -> None:
        """Note what is not as it should be."""
        self.breaches.append(words)

    # --- a run ---

    def design(self, epochs: int = 0, **training: Any) -> Experiment:
        """Return a small network on Digits whose epochs take a few tenths of a second."""
        epochs = epochs or self.random.randint(*self._epochs)
        experiment = preset("article_dropout").experiment(source("digits").info)
        if self.random.random() < 0.7:  # the others' checkpoints are megabytes
            experiment = edits.change(experiment, "dense", units=24)
            experiment = edits.change(experiment, "dense_1", units=16)
        return experiment.with_training(**{"epochs": epochs, "batch_size": 1, **training})

    def begin(self, experiment: Experiment | None = None) -> Run:
        """Ask the newest server for a run."""
        experiment = experiment or self.design()
        run = self.store.create(experiment, f"fault {len(self.runs) + 1}")
        self.runs.append(run)
        self.place.server.train(run)
        return run

    def until_learning(self, run: Run | None = None) -> None:
        """Wait until a run has told its first point."""
        run_id = (run or self.run).id
        until(lambda: self.store.last_seq(run_id) or self.store.get(run_id).status.over, START, "it learns")

    def worker(self, run: Run | None = None) -> int:
        """Return the process that trains a run, once there is one."""
        run_id = (run or self.run).id
        found = until(
            lambda: self.store.worker_of(run_id) or self.store.get(run_id).status.over, START, "a worker"
        )
        return 0 if found is True else int(found)

    def moment(self, *among: str) -> None:
        """Wait for a moment that the seed chooses: just begun, at the first point, on the way, or late."""
        chosen = self.choose("moment", *(among or MOMENTS))
        self.worker()
        if chosen == "start":
            return
        self.until_learning()
        if chosen == "first":
            return
        epochs = self.run.experiment.training.epochs
        epoch = epochs - 2 if chosen == "late" else self.random.randint(1, epochs - 3)
        self.note("epoch", epoch)
        until(lambda: self._is_at(epoch), START, f"epoch {epoch}")
        time.sleep(self.note("delay", self.random.uniform(0, 0.4)))

    def _is_at(self, epoch: int) -> bool:
        run = self.store.get(self.run.id)
        return run.progress.epoch >= epoch or run.status.over

    # --- the fault, and what is said of it ---

    def strike(self, *strikes: Callable[[], object], observe: bool = True) -> None:
        """Do the fault, and note what was there at that moment."""
        self._struck_at = time.monotonic()
        for each in strikes:
            each()
        if observe:
            self.observe()

    def observe(self) -> None:
        """Note what is there now; what is kept of it is judged at the end."""
        self._before = evidence.snapshot(self.store, self.run)
        if self.store.get(self.run.id).status is Status.COMPLETED and "missed" not in self.chosen:
            self.note("missed", True)

    def kill(self, pid: int | None) -> None:
        """End a process as `kill -9` does, where it is still there."""
        if pid and alive(pid):
            kill(pid)

    def true(self, within: float = TRUE_SECONDS, run: Run | None = None) -> Status:
        """Wait until the store says what is so of a run, and return its status."""
        run_id = (run or self.run).id
        begun = time.monotonic() if run else self._struck_at
        words = untruth(self.store, run_id)
        while words and time.monotonic() - begun < within:
            time.sleep(0.05)
            words = untruth(self.store, run_id)
        taken = time.monotonic() - begun
        self.seconds = max(self.seconds or 0.0, taken)
        if words:
            self.breach(f"after {taken:.1f} s still not true: {words}")
        status = self.store.get(run_id).status
        self.ends.append(status.value)
        return status

    def true_from_now(self, within: float = TRUE_SECONDS) -> Status:
        """Begin to count anew, for what could not be said before, and wait as `true` does."""
        self._struck_at = time.monotonic()
        return self.true(within)

    def interrupted(self, within: float = SHOWN_SECONDS, words: str = "") -> None:
        """Expect the run to be shown as interrupted in time, with its reason; or to have been through."""
        while time.monotonic() - self._struck_at < within and not self.store.get(self.run.id).status.over:
            time.sleep(0.02)
        self.true(within)
        run = self.store.get(self.run.id)
        if run.status is Status.INTERRUPTED:
            if words and words not in run.reason:
                self.breach(f"the reason does not say {words!r}: {run.reason}")
        elif run.status is not Status.COMPLETED:
            self.breach(f"it is {run.status} ({run.reason}), not interrupted")

    # --- to the end ---

    def resume(self) -> None:
        """Press Resume, where that is offered."""
        if self.store.resume(self.run.id):
            self.place.server.train(self.store.get(self.run.id))

    def over(self, run: Run | None = None, seconds: float = BY_ITSELF) -> Run:
        """Return a run once it is over; a breach where that takes too long."""
        run_id = (run or self.run).id
        try:
            until(lambda: self.store.get(run_id).status.over, seconds, "it is over")
        except AssertionError:
            now = self.store.get(run_id)
            self.breach(f"after {seconds:g} s it is {now.status} at {now.progress}: {now.reason}")
        return self.store.get(run_id)

    def completed(self, run: Run | None = None) -> None:
        """Expect a run to end as planned, with every row there once."""
        done = self.over(run)
        if run is None or run.id == self.run.id:
            self.ends.append(done.status.value)
        if done.status is not Status.COMPLETED:
            self.breach(f"run {done.number} is {done.status}, not completed: {done.reason}")
            return
        self.judge(done)

    def judge(self, run: Run, epochs: int | None = None, most_lost: int = MOST_LOST) -> None:
        """Note what was lost or is out of order in a run that is over."""
        events = self.store.events(run.id)
        expected = run.experiment.training.epochs if epochs is None else epochs
        self.breaches += evidence.disorder(events, expected)
        # it has told that it is over a moment before it lets go
        until(lambda: not untruth(self.store, run.id), 30, "its process is gone")
        self.breaches += evidence.disagreement(run, events)
        if self._before is None or run.id != self.run.id:
            return
        self.breaches += evidence.lost_rows(self._before, events)
        self.lost = evidence.retrained(self._before, events)
        if self.lost > self.chosen.get("most lost", most_lost):
            self.breach(f"{self.lost} epochs were lost")
