"""What is called while a model is trained: tells points and epochs, takes orders, and pauses."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from numpy.typing import NDArray

from core.data.split import Parts
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.training_spec import TrainingSpec
from core.runs.run import OrderKind, Progress, Request
from core.training.mistakes import mistakes
from core.training.path import Path
from core.training.rates import Rate
from core.training.state import Position, capture

if TYPE_CHECKING:
    from core.training.engine import Listener

EVENT_SECONDS = 0.1
"""Least time between two points of the curve; a chunk of batches takes a little more."""
PAUSE_SECONDS = 0.05
"""Time between two looks, in a pause, for whether to go on."""
WARMING = 2
"""Points after which the pace is measured: the first waits for a graph, the second may wait for XLA."""
MISTAKES_SECONDS = 0.5
"""Time between two looks at what is confused: epochs may be shorter than anybody can read."""


class Teller(keras.callbacks.Callback):  # type: ignore[misc]
    """Turns what the engine reports into events, and what is asked into pauses, steps and rates."""

    def __init__(
        self,
        parts: Parts,
        info: DatasetInfo,
        plan: TrainingSpec,
        listener: Listener,
        *,
        path: Path,
        planned: Sequence[keras.callbacks.Callback],
        rate: Rate,
        begin: Position,
    ) -> None:
        """Tell `listener` of a training that goes on from `begin`."""
        super().__init__()
        self.info = info
        self.metric = info.task.metric
        self.plan = plan
        self.validation = parts.validation
        self.listener = listener
        self.path = path
        self.planned = planned
        self.rate = rate
        self.samples = len(parts.training)
        self.batch = plan.samples_a_step(self.samples)
        self.steps = math.ceil(self.samples / self.batch)
        self.whole_steps = self.samples // self.batch
        self.outputs: NDArray[np.float32] | None = (
            None  # for the validation samples, at the end of an epoch
        )
        self.epoch = self.whole_epochs = begin.epoch
        self.first_epoch = begin.epoch
        self.step = self.steps if begin.epoch else 0
        self.seconds = begin.seconds
        self.pace = 0.0
        self.stopped = False
        self.diverged = False
        self._clock = 0.0
        self._told_at = 0.0
        self._told_step = 0
        self._told_sums: dict[str, float] = {}
        self._told_points = 0
        self._pace_from = (0, 0.0)
        self._wanted: list[OrderKind] = []  # steps still to be taken
        self._stepping: OrderKind | None = None
        self._looked_at = -math.inf

    # --- what Keras calls ---

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        self._clock = self._told_at = time.monotonic()
        way = {**self._place(), "way": self.path.way.value, "why": self.path.why}
        threads = {"threads": self.path.threads} if self.path.threads else {}
        self.listener.record(self._progress(), [("path", {**way, **threads})])
        self._obey()

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self.epoch, self.step = epoch + 1, 0
        # a point covers at least EVENT_SECONDS of this epoch: one batch alone says little
        self._told_at, self._told_step, self._told_sums = time.monotonic(), 0, {}

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        self.step = batch + 1
        now = time.monotonic()
        first = self.epoch == self.first_epoch + 1 and self.step == 1
        one_batch = self._stepping is OrderKind.STEP_BATCH
        if not (first or one_batch or now - self._told_at >= EVENT_SECONDS):
            return
        left = self.steps - self.step
        # what little is left of an epoch would be a point of a few samples: it is told with what is before
        waits = not (first or one_batch) and 0 < left < self.step - self._told_step
        if waits:
            self._tell([])
        else:
            self._tell(self._point(logs or {}, now))
        if one_batch:
            self._stepping = None
        if left:  # the last batch is followed by the end of the epoch
            self._obey()
        if waits and self.stopped:
            self._tell(self._point(logs or {}, now))

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        figures = dict(logs or {})
        if self.stopped or self.diverged:
            return
        now = time.monotonic()
        events = self._point(figures, now) if self.step > self._told_step else []
        self._tick(now)
        body = {**self._place(), **_rounded(figures), "epoch": self.epoch, "learning_rate": self.rate.now}
        self._tell([*events, ("epoch", body)])
        if self.diverged:
            return
        self.whole_epochs = self.epoch
        last = self.epoch == self.plan.epochs or self.model.stop_training
        if not last:  # after the last, the engine keeps what is left in the end
            self.listener.keep(capture(self.model, self.planned, self.position()))
        self._look_at_mistakes(last)
        self._stepping = None
        self._tick(time.monotonic())
        if not last:
            self._obey()

    def at_most(self, count: int) -> int:
        """Return how many batches may be learned from, of `count`, before it wants to be asked."""
        return 1 if self._stepping is OrderKind.STEP_BATCH else count

    # --- telling ---

    def position(self, done: bool | None = None, best_epoch: int | None = None) -> Position:
        """Return how far it is.

        Args:
            done: At the end, whether all that was planned was done; None on the way.
            best_epoch: The epoch whose weights are kept at the end, where not the last.
        """
        return Position(
            epoch=self.whole_epochs,
            step=self.whole_epochs * self.steps,
            seconds=round(self.seconds, 3),
            scale=self.rate.scale,
            ended=done is not None,
            done=bool(done),
            best_epoch=best_epoch,
        )

    def _tell(self, events: list[tuple[str, Mapping[str, Any]]]) -> None:
        if all(math.isfinite(value) for _, body in events for value in body.values()):
            self.listener.record(self._progress(), events)
        else:
            self.diverged = self.model.stop_training = True

    def _place(self) -> dict[str, float]:
        return {
            "epoch": round(self.epoch - 1 + self.step / self.steps, 5) if self.epoch else 0.0,
            "step": max(0, self.epoch - 1) * self.steps + self.step,
            "seconds": round(self.seconds, 3),
        }

    def _point(self, logs: Mapping[str, float], now: float) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the point for the batches since the last one.

        Keras reports means since the epoch began; their sums give the mean of any stretch of it.
        """
        seen = min(self.step * self.batch, self.samples)
        before = min(self._told_step * self.batch, self.samples)
        sums = {name: float(logs[name]) * seen for name in ("loss", self.metric)}
        means = {
            name: _stretch(total, self._told_sums.get(name, 0.0), seen - before, float(logs[name]))
            for name, total in sums.items()
        }
        self._tick(now)
        self._measure_pace(seen)
        self._told_at, self._told_step, self._told_sums = now, self.step, sums
        return [("point", {**self._place(), **_rounded(means), "learning_rate": self.rate.now})]

    def _measure_pace(self, seen: int) -> None:
        total = (self.epoch - 1) * self.samples + seen
        if self._told_points < WARMING:
            self._told_points += 1
            self._pace_from = (total, self.seconds)
        elif self.seconds > self._pace_from[1]:
            self.pace = (total - self._pace_from[0]) / (self.seconds - self._pace_from[1])

    def _look_at_mistakes(self, last: bool) -> None:
        now = time.monotonic()
        if self.info.task is not Task.CLASSIFICATION or self.outputs is None:
            return
        if last or now - self._looked_at >= MISTAKES_SECONDS:
            found = mistakes(self.outputs, self.validation, self.info)
            self.listener.note_mistakes({"epoch": self.epoch, **found})
            self._looked_at = time.monotonic()

    # --- obeying ---

    def _obey(self) -> None:
        """Do what is asked; in a pause, wait here for what is asked next."""
        request = self._ask()
        if request is Request.PAUSE and not self._may_go_on():
            self._tick(time.monotonic())
            self.listener.record(self._progress(paused=True), [])
            while request is Request.PAUSE and not self._may_go_on():
                time.sleep(PAUSE_SECONDS)
                request = self._ask(paused=True)
            self._clock = self._told_at = time.monotonic()
            # a single batch is over before anybody could read that it was under way
            self.listener.record(self._progress(paused=self._stepping is OrderKind.STEP_BATCH), [])
        if request is Request.GO:
            self._stepping = None
        if request is Request.STOP:
            self.stopped = True
            self.model.stop_training = True

    def _ask(self, paused: bool = False) -> Request:
        control = self.listener.control()
        for order in control.orders:
            if order.kind is OrderKind.RATE:
                self._set_rate(order.value, paused)
            else:
                self._wanted.append(order.kind)
        if control.request is not Request.PAUSE:
            self._wanted.clear()
        return control.request

    def _may_go_on(self) -> bool:
        if self._stepping is None and self._wanted:
            self._stepping = self._wanted.pop(0)
        return self._stepping is not None

    def _set_rate(self, rate: float, paused: bool) -> None:
        before = self.rate.now
        if self.rate.set(rate):
            body = {**self._place(), "learning_rate": self.rate.now, "before": before}
            self.listener.record(self._progress(paused), [("rate", body)])

    def _tick(self, now: float) -> None:
        self.seconds += now - self._clock
        self._clock = now

    def _progress(self, paused: bool = False) -> Progress:
        return Progress(
            epoch=self.epoch,
            epochs=self.plan.epochs,
            step=self.step,
            steps=self.steps,
            seconds=round(self.seconds, 3),
            samples_per_second=round(self.pace, 1),
            paused=paused,
            learning_rate=self.rate.now,
        )


def _stretch(total: float, before: float, samples: int, mean: float) -> float:
    """Return the mean of the newest samples from two sums, or the epoch's where that can't be.

    Keras sums in float32: after a batch of an enormous loss, what follows is lost in its last digits, and
    a sum of what is never negative may become smaller.
    """
    return (total - before) / samples if total >= before else mean


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.6g}") for name, value in figures.items()}
