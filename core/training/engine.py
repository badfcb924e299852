"""The engine: fits a model and tells what happens while it does.

It knows neither store nor screen: what it has to say goes to a `Listener`, and what is asked of it
comes from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import keras

from core.data.split import Parts, Samples, encode
from core.errors import TrainingFailed
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.training_spec import TrainingSpec
from core.model import recipe
from core.model.build import perform
from core.runs.run import Control, Progress
from core.training.rates import Rate
from core.training.state import Position, State, capture, restore, restore_callbacks
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
    begin: State | None = None,
) -> Outcome:
    """Fit `model` as the experiment says.

    Args:
        model: The experiment's compiled model, which takes raw inputs.
        parts: What to learn from and what to validate on.
        info: What the data set declares.
        experiment: Says loss, batch size, epochs; the optimizer is in the model.
        listener: Is told every point and epoch, and asked what to do, between batches.
        begin: Where to go on from, instead of at the beginning.

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
        # the stream that orders the samples begins anew: not with the order of the first epochs again
        keras.utils.set_random_seed(plan.seed + position.epoch)
    planned = [perform(call) for call in recipe.callbacks(plan)]
    schedule = recipe.schedule(experiment, info)
    rate = Rate(model.optimizer, perform(schedule) if schedule else None, position.scale)
    teller = Teller(parts, info, plan, listener, planned=planned, rate=rate, begin=position)
    again = keras.callbacks.LambdaCallback(
        on_train_begin=lambda logs: restore_callbacks(planned, begin) if begin else None
    )
    try:
        _fit(model, parts, info, plan, teller, callbacks=[*planned, again, teller])
        outcome = Outcome(not teller.stopped, _best_epoch(planned))
        listener.keep(capture(model, (), teller.position(outcome.done, outcome.best_epoch)))
    finally:
        rate.give_back()
    return outcome


def _fit(
    model: keras.Model,
    parts: Parts,
    info: DatasetInfo,
    plan: TrainingSpec,
    teller: Teller,
    *,
    callbacks: list[keras.callbacks.Callback],
) -> None:
    model.fit(
        parts.training.inputs,
        encode(parts.training.answers, plan.loss, info),
        batch_size=teller.batch,
        initial_epoch=teller.first_epoch,
        epochs=plan.epochs,
        validation_data=(parts.validation.inputs, encode(parts.validation.answers, plan.loss, info)),
        validation_batch_size=_evaluation_batch(teller.batch),
        callbacks=callbacks,
        verbose=0,
    )
    if teller.diverged:
        raise TrainingFailed(
            f"The loss is no longer a finite number (epoch {teller.epoch}): the steps were too large "
            "and the weights ran away. Use a smaller learning rate, or normalize the inputs."
        )


def _best_epoch(planned: list[keras.callbacks.Callback]) -> int | None:
    restoring = (each for each in planned if getattr(each, "restore_best_weights", False))
    best = next((each.best_epoch for each in restoring if each.best_weights is not None), None)
    return None if best is None else int(best) + 1


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
