"""Trainings on made-up data, with somebody who listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from core.data.order import order
from core.data.split import Dataset, Parts, Samples, encode, split
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.experiment import Experiment
from core.model.build import build
from core.runs.run import Control, Order, Progress, Request
from core.training import engine
from core.training.path import PROCESSOR, Path, choose
from core.training.state import State
from tests.unit.made_up import HOUSES, PICTURES, house_arrays, picture_arrays


class Notes:
    """Writes down what the engine says, and asks what it was told to ask."""

    def __init__(self, ask: Callable[[Notes], Request] = lambda notes: Request.GO) -> None:
        self.progress: list[Progress] = []
        self.events: list[tuple[str, Mapping[str, Any]]] = []
        self.states: list[State] = []
        self.mistakes: list[Mapping[str, Any]] = []
        self.orders: list[Order] = []
        """What is asked for once; whoever adds to it finds it empty when it was handed out."""
        self._ask = ask

    def record(self, progress: Progress, events: list[tuple[str, Mapping[str, Any]]]) -> None:
        self.progress.append(progress)
        self.events += events

    def control(self) -> Control:
        request = self._ask(self)
        orders, self.orders = tuple(self.orders), []
        return Control(request, orders)

    def keep(self, state: State) -> None:
        # as it would be read from a file: later steps can't change it
        self.states.append(State.from_bytes(state.to_bytes()))

    def note_mistakes(self, body: Mapping[str, Any]) -> None:
        self.mistakes.append(body)

    def bodies(self, kind: str) -> list[Mapping[str, Any]]:
        """Return what was said in events of a kind."""
        return [body for each, body in self.events if each == kind]


def info_for(task: Task) -> DatasetInfo:
    """Return the made-up data set of a task."""
    return PICTURES if task is Task.CLASSIFICATION else HOUSES


def parts(design: Experiment, info: DatasetInfo = PICTURES) -> Parts:
    """Return a made-up data set, split as the design says."""
    arrays = picture_arrays() if info is PICTURES else house_arrays()
    test = Samples(arrays["x_test"], arrays["y_test"])
    data = Dataset(info, Samples(arrays["x_train"], arrays["y_train"]), test)
    return split(data, design.data)


def train(
    design: Experiment,
    notes: Notes,
    info: DatasetInfo = PICTURES,
    *,
    begin: State | None = None,
    path: Path | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> tuple[keras.Model, engine.Outcome]:
    """Build the design's model and train it, from the beginning or from a state."""
    data = parts(design, info)
    model = build(design, info, data.statistics)
    outcome = engine.train(
        model, data, info, design, notes, path=path or way(design, info), begin=begin, callbacks=callbacks
    )
    return model, outcome


def way(design: Experiment, info: DatasetInfo) -> Path:
    """Return the way that a training of the design goes on a processor."""
    return choose(design, info, 0, PROCESSOR)


def _in_order(design: Experiment, samples: Samples, info: DatasetInfo) -> Iterator[tuple[Any, Any]]:
    """Return the batches of all epochs, one after the other, as a run takes them."""
    plan = design.training
    answers, size = encode(samples.answers, plan.loss, info), plan.samples_a_step(len(samples))
    for epoch in range(plan.epochs):
        places = order(len(samples), plan.seed, epoch)
        for start in range(0, len(places), size):
            part = places[start : start + size]
            yield samples.inputs[part], answers[part]


def fitted(
    design: Experiment,
    info: DatasetInfo = PICTURES,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    *,
    compiled: bool = False,
) -> tuple[keras.Model, Mapping[str, list[float]]]:
    """Build the design's model and have Keras's own `fit` train it; return it and its history."""
    data = parts(design, info)
    model = build(design, info, data.statistics)
    model.jit_compile = compiled
    kept = (data.validation.inputs, encode(data.validation.answers, design.training.loss, info))
    history = model.fit(
        _in_order(design, data.training, info),
        steps_per_epoch=design.training.steps_an_epoch(len(data.training)),
        epochs=design.training.epochs,
        validation_data=kept,
        callbacks=list(callbacks),
        shuffle=False,
        verbose=0,
    )
    return model, history.history


def all_finite(model: keras.Model) -> bool:
    """Return whether no weight ran away."""
    return all(np.isfinite(each).all() for each in model.get_weights())
