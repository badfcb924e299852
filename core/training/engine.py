"""The engine: trains a model and tells what happens while it does.

It does what Keras's `fit` does, and Keras's callbacks see the same; only that many batches at a time are
one piece of work for TensorFlow. It knows neither store nor screen: what it has to say goes to a
`Listener`, and what is asked of it comes from there.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import keras

from core.data.order import order
from core.data.split import Parts, encode
from core.errors import TrainingFailed
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.model import recipe
from core.model.build import perform
from core.runs.run import Control, Progress
from core.training.chunks import Chunks
from core.training.evaluation import Evaluation
from core.training.path import Path
from core.training.rates import Rate
from core.training.state import Position, State, capture, restore, restore_callbacks
from core.training.steps import Steps, steps
from core.training.teller import Teller


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

    def control(self) -> Control:
        """Return what is asked of the training now; each order once."""

    def keep(self, state: State) -> None:
        """Keep a state that the training can go on from: after each epoch, and at the end."""

    def note_mistakes(self, body: Mapping[str, Any]) -> None:
        """Take note of what a classifier confuses now, as `core.training.mistakes` says it."""


def train(
    model: keras.Model,
    parts: Parts,
    info: DatasetInfo,
    experiment: Experiment,
    listener: Listener,
    *,
    path: Path,
    begin: State | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> Outcome:
    """Train `model` as the experiment says.

    Args:
        model: The experiment's compiled model, which takes raw inputs.
        parts: What to learn from and what to validate on.
        info: What the data set declares.
        experiment: Says loss, batch size, epochs; the optimizer is in the model.
        listener: Is told every point and epoch, and asked what to do, between chunks of batches.
        path: Which way; see `core.training.path`.
        begin: Where to go on from, instead of at the beginning.
        callbacks: Keras's, beside those that the experiment asks for; of batches they hear where a chunk
            ends.

    Returns:
        How it ended.

    Raises:
        TrainingFailed: The loss is no longer a finite number.
        FileDamaged: `begin` is another model's state.
    """
    plan = experiment.training
    position = begin.position if begin else Position()
    if begin:
        restore(model, begin)
        if position.ended:
            return Outcome(position.done, position.best_epoch)
    planned = [perform(call) for call in recipe.callbacks(plan)]
    schedule = recipe.schedule(experiment, info)
    rate = Rate(model.optimizer, perform(schedule) if schedule else None, position.scale)
    model.optimizer.build(model.trainable_variables)
    teller = Teller(parts, info, plan, listener, path=path, planned=planned, rate=rate, begin=position)
    answers = encode(parts.training.answers, plan.loss, info)
    training = _Training(
        model,
        steps(model, parts.training.inputs, answers, teller.batch, path.way),
        Evaluation(model, parts.validation, info, plan),
        teller,
        seed=plan.seed,
        callbacks=[*planned, *callbacks, *_going_on(planned, begin), teller],
    )
    try:
        training.run(plan.epochs)
        outcome = Outcome(not teller.stopped, _best_epoch(planned))
        listener.keep(capture(model, (), teller.position(outcome.done, outcome.best_epoch)))
    finally:
        rate.give_back()
    return outcome


class _Training:
    """The loop over epochs and chunks of batches."""

    def __init__(
        self,
        model: keras.Model,
        steps: Steps,
        validation: Evaluation,
        teller: Teller,
        *,
        seed: int,
        callbacks: list[keras.callbacks.Callback],
    ) -> None:
        self._model = model
        self._steps = steps
        self._validation = validation
        self._teller = teller
        self._seed = seed
        self._callbacks = callbacks
        self._chunks = Chunks()

    def run(self, epochs: int) -> None:
        """Train until `epochs` epochs are done in all, or a callback ends it; as `fit` would.

        Raises:
            TrainingFailed: The loss is no longer a finite number.
        """
        told = keras.callbacks.CallbackList(
            self._callbacks, model=self._model, epochs=epochs, steps=self._teller.steps, verbose=0
        )
        self._model.stop_training = False
        told.on_train_begin()
        figures: Mapping[str, float] = {}
        for epoch in range(self._teller.first_epoch, epochs):
            told.on_epoch_begin(epoch)
            figures = self._learn(epoch, told)
            judged = self._validation.judge(told)
            self._teller.outputs = judged.outputs
            figures = {**figures, **{f"val_{name}": value for name, value in judged.figures.items()}}
            told.on_epoch_end(epoch, figures)
            if self._model.stop_training:
                break
        told.on_train_end(figures)
        if self._teller.diverged:
            raise TrainingFailed(
                f"The loss is no longer a finite number (epoch {self._teller.epoch}): the steps were too "
                "large and the weights ran away. Use a smaller learning rate, or normalize the inputs."
            )

    def _learn(self, epoch: int, told: keras.callbacks.CallbackList) -> Mapping[str, float]:
        self._model.reset_metrics()
        self._steps.begin(order(self._teller.samples, self._seed, epoch))
        whole, done = self._teller.whole_steps, 0
        figures: Mapping[str, float] = {}
        while done < self._teller.steps and not self._model.stop_training:
            # a last batch that is short goes by itself
            count = self._teller.at_most(self._chunks.next(whole - done)) if done < whole else 1
            told.on_train_batch_begin(done)
            begun = time.perf_counter()
            logs = self._steps.run(done, count)
            figures = {name: float(value) for name, value in logs.items()}
            if done < whole:
                self._chunks.took(count, time.perf_counter() - begun)
            done += count
            told.on_train_batch_end(done - 1, figures)
        return figures


def _going_on(
    planned: Sequence[keras.callbacks.Callback], begin: State | None
) -> list[keras.callbacks.Callback]:
    """Return what gives callbacks back what they had counted; they forget it when a training begins."""
    if begin is None:
        return []
    return [keras.callbacks.LambdaCallback(on_train_begin=lambda logs: restore_callbacks(planned, begin))]


def _best_epoch(planned: list[keras.callbacks.Callback]) -> int | None:
    restoring = (each for each in planned if getattr(each, "restore_best_weights", False))
    best = next((each.best_epoch for each in restoring if each.best_weights is not None), None)
    return None if best is None else int(best) + 1
