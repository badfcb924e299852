"""The engine: fits a model and tells what happens while it does.

It knows neither store nor screen: what it has to say goes to a `Listener`, and what is asked of it
comes from there.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import keras

from core.data.split import Parts, Samples, encode
from core.errors import TrainingFailed
from core.experiment.dataset import DatasetInfo
from core.experiment.training_spec import TrainingSpec
from core.model.build import perform
from core.model.recipe import callbacks
from core.runs.run import Progress, Request

EVENT_SECONDS = 0.1
"""Time between two points of the curve: ten a second move smoothly and cost nothing."""
PAUSE_SECONDS = 0.05
"""Time between two looks, in a pause, for whether to go on."""


@dataclass(frozen=True)
class Outcome:
    """How a training ended.

    Attributes:
        done: Whether all that was planned was done; False where the listener asked to stop.
        best_epoch: The epoch, counted from 1, whose weights were kept; None: the last one.
    """

    done: bool
    best_epoch: int | None = None


class Listener(Protocol):
    """Whom the engine talks to."""

    def record(self, progress: Progress, events: list[tuple[str, Mapping[str, Any]]]) -> None:
        """Take note of the progress and of what happened since the last call."""

    def request(self) -> Request:
        """Return what is asked of the training now."""


def train(
    model: keras.Model, parts: Parts, info: DatasetInfo, plan: TrainingSpec, listener: Listener
) -> Outcome:
    """Fit `model` as `plan` says.

    Args:
        model: A compiled model that takes raw inputs.
        parts: What to learn from and what to validate on.
        info: What the data set declares.
        plan: Loss, batch size, epochs; the optimizer is in the model.
        listener: Is told every point and epoch, and asked what to do, between batches.

    Returns:
        How it ended.

    Raises:
        TrainingFailed: The loss is no longer a finite number.
    """
    teller = _Teller(model, parts, info, plan, listener)
    planned = [perform(call) for call in callbacks(plan)]
    model.fit(
        parts.training.inputs,
        encode(parts.training.answers, plan.loss, info),
        batch_size=teller.batch,
        epochs=plan.epochs,
        validation_data=(
            parts.validation.inputs,
            encode(parts.validation.answers, plan.loss, info),
        ),
        validation_batch_size=_evaluation_batch(teller.batch),
        callbacks=[*planned, teller],
        verbose=0,
    )
    if teller.diverged:
        raise TrainingFailed(
            f"The loss is no longer a finite number (epoch {teller.epoch}): the steps were too large "
            "and the weights ran away. Use a smaller learning rate, or normalize the inputs."
        )
    restoring = (each for each in planned if getattr(each, "restore_best_weights", False))
    best = next((each.best_epoch for each in restoring if each.best_weights is not None), None)
    return Outcome(done=not teller.stopped, best_epoch=None if best is None else best + 1)


def evaluate(
    model: keras.Model, samples: Samples, info: DatasetInfo, plan: TrainingSpec
) -> dict[str, float]:
    """Return the loss and the metric of `model` on `samples`, by Keras's names."""
    figures = model.evaluate(
        samples.inputs,
        encode(samples.answers, plan.loss, info),
        batch_size=_evaluation_batch(plan.samples_a_step(len(samples))),
        verbose=0,
        return_dict=True,
    )
    return {name: float(value) for name, value in figures.items()}


def _evaluation_batch(size: int) -> int:
    # nothing is learned here, so a batch may be large: faster, with the same result
    return min(max(size, 256), 1024)


class _Teller(keras.callbacks.Callback):  # type: ignore[misc]
    """Turns what `fit` reports into events, and requests into pauses and stops."""

    def __init__(
        self,
        model: keras.Model,
        parts: Parts,
        info: DatasetInfo,
        plan: TrainingSpec,
        listener: Listener,
    ) -> None:
        super().__init__()
        self.metric = info.task.metric
        self.plan = plan
        self.listener = listener
        self.samples = len(parts.training)
        self.batch = plan.samples_a_step(self.samples)
        self.steps = math.ceil(self.samples / self.batch)
        self.epoch = 0
        self.step = 0
        self.seconds = 0.0
        self.pace = 0.0
        self.stopped = False
        self.diverged = False
        self._clock = 0.0
        self._told_at = 0.0
        self._told_step = 0
        self._told_sums: dict[str, float] = {}
        self._pace_from: tuple[int, float] | None = None

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        self._clock = self._told_at = time.monotonic()
        self.listener.record(self._progress(), [])

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self.epoch, self.step = epoch + 1, 0
        # a point covers at least EVENT_SECONDS of this epoch: one batch alone says little
        self._told_at, self._told_step, self._told_sums = time.monotonic(), 0, {}

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        self.step = batch + 1
        now = time.monotonic()
        first = self.epoch == 1 and self.step == 1
        if first or now - self._told_at >= EVENT_SECONDS:
            self._tell(self._point(logs or {}, now))
            self._obey()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        figures = dict(logs or {})
        if self.stopped or self.diverged:
            return
        now = time.monotonic()
        events = self._point(figures, now) if self.step > self._told_step else []
        self._tick(now)
        body = {"epoch": self.epoch, "seconds": round(self.seconds, 3), **_rounded(figures)}
        self._tell([*events, ("epoch", body)])
        self._obey()

    def _tell(self, events: list[tuple[str, Mapping[str, Any]]]) -> None:
        if all(math.isfinite(value) for _, body in events for value in body.values()):
            self.listener.record(self._progress(), events)
        else:
            self.diverged = self.model.stop_training = True

    def _point(self, logs: Mapping[str, float], now: float) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the point for the batches since the last one.

        Keras reports means since the epoch began; their sums give the mean of any stretch of it.
        """
        seen = min(self.step * self.batch, self.samples)
        before = min(self._told_step * self.batch, self.samples)
        sums = {name: float(logs[name]) * seen for name in ("loss", self.metric)}
        means = {
            name: (total - self._told_sums.get(name, 0.0)) / (seen - before) for name, total in sums.items()
        }
        self._tick(now)
        self._measure_pace(seen)
        self._told_at, self._told_step, self._told_sums = now, self.step, sums
        body = {
            "epoch": round(self.epoch - 1 + self.step / self.steps, 5),
            "step": (self.epoch - 1) * self.steps + self.step,
            "seconds": round(self.seconds, 3),
            **_rounded(means),
        }
        return [("point", body)]

    def _measure_pace(self, seen: int) -> None:
        total = (self.epoch - 1) * self.samples + seen
        if self._pace_from is None:  # the first batch also waits for the graph to be made
            self._pace_from = (total, self.seconds)
        elif self.seconds > self._pace_from[1]:
            self.pace = (total - self._pace_from[0]) / (self.seconds - self._pace_from[1])

    def _obey(self) -> None:
        request = self.listener.request()
        if request is Request.PAUSE:
            self._tick(time.monotonic())
            self.listener.record(self._progress(paused=True), [])
            while (request := self.listener.request()) is Request.PAUSE:
                time.sleep(PAUSE_SECONDS)
            self._clock = self._told_at = time.monotonic()
            self.listener.record(self._progress(), [])
        if request is Request.STOP:
            self.stopped = True
            self.model.stop_training = True

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
        )


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.6g}") for name, value in figures.items()}
