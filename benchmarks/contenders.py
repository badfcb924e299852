"""What `engine.py` and others have measured: each function here is the work of one process.

TensorFlow is imported inside them: whoever starts them needs none.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import material
from benchmarks.apart import Turns
from core.data.split import Array, Parts, Samples, encode, split
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.runs.run import Control, Progress
from core.training.path import Way
from core.workers import admission

ENDLESS = 10_000
"""Epochs; it is ended long before."""
TURN_SECONDS = 0.5
"""What a turn of steps or products should take."""
WIDTHS = (784, 512, 512, 10)
"""Of the notebook's network."""
BATCH = 32


class Nobody:
    """Listens to a training, and keeps nothing."""

    def record(self, progress: Progress, events: list[tuple[str, Mapping[str, Any]]]) -> None:
        """Keep nothing."""

    def control(self) -> Control:
        """Ask for nothing."""
        return Control()

    def keep(self, state: Any) -> None:
        """Keep nothing."""

    def note_mistakes(self, body: Mapping[str, Any]) -> None:
        """Keep nothing."""


def design_of(name: str, **training: object) -> Experiment:
    """Return a preset for MNIST, with some settings of its training changed."""
    return preset(name).experiment(material.INFO).with_training(**training)


def engine(turns: Turns, name: str, data: Path | None, samples: int) -> None:
    """Train with the engine as a training process does, and tell the seconds of each whole epoch."""
    import keras

    from core.model.build import build
    from core.training import cores
    from core.training.engine import train
    from core.training.tensors import path_here

    design = design_of(name, epochs=ENDLESS)
    parts = split(material.dataset(data, samples), design.data)
    path = path_here(design, material.INFO, parts.training.inputs)
    cores.use(admission.cores_a_run(), path.way)
    model = build(design, material.INFO, parts.statistics)
    # from one beginning to the next: so that all that follows an epoch belongs to it
    laps = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: turns.lap())
    train(model, parts, material.INFO, design, Nobody(), path=path, callbacks=[laps])


def fit(turns: Turns, name: str, data: Path | None, samples: int) -> None:
    """Train with `model.fit`, called as the notebook does, and tell the seconds of each call."""
    design = design_of(name)
    _, fitting = by_keras(design, split(material.dataset(data, samples), design.data))
    turns.lap()
    while True:
        fitting(1)
        turns.lap()


def by_keras(design: Experiment, parts: Parts) -> tuple[Any, Callable[[int], Any]]:
    """Return a design's model, and what trains it for some epochs by `fit`, as the notebook calls it."""
    from core.model.build import build

    model = build(design, material.INFO, parts.statistics)
    learned, judged = (for_keras(each, design) for each in (parts.training, parts.validation))

    def fitting(epochs: int) -> Any:
        return model.fit(
            *learned,
            batch_size=design.training.batch_size,
            epochs=epochs,
            validation_data=judged,
            verbose=0,
        )

    return model, fitting


def for_keras(samples: Samples, design: Experiment) -> tuple[Array, Array]:
    """Return inputs, and answers as the design's loss wants them."""
    return samples.inputs, encode(samples.answers, design.training.loss, material.INFO)


def steps(turns: Turns, name: str, data: Path | None, batch: int, way: Way | None) -> None:
    """Do nothing but steps of a training, and tell the milliseconds of one.

    Args:
        turns: When.
        name: The preset.
        data: The file with MNIST, or None.
        batch: Samples in a batch.
        way: Which way; None: the one that the rule chooses.
    """
    from core.model.build import build
    from core.training import cores
    from core.training import steps as training_steps
    from core.training.tensors import path_here

    design = design_of(name, batching="mini_batch", batch_size=batch)
    parts = split(material.dataset(data), design.data)
    inputs = parts.training.inputs
    way = way or path_here(design, material.INFO, inputs).way
    cores.use(admission.cores_a_run(), way)
    model = build(design, material.INFO, parts.statistics)
    model.optimizer.build(model.trainable_variables)
    answers = encode(parts.training.answers, design.training.loss, material.INFO)
    taken = training_steps.steps(model, inputs, answers, batch, way)
    taken.begin(np.random.default_rng(0).permutation(len(inputs)).astype(np.int32))

    def several(count: int) -> None:
        float(next(iter(taken.run(0, count).values())))

    _tell_milliseconds(turns, several, most=len(inputs) // batch)


def products_in_tensorflow(turns: Turns) -> None:
    """Do a step's products of matrices in a loop inside one graph, and tell their milliseconds."""
    import tensorflow as tf

    from core.training import cores

    cores.use(admission.cores_a_run(), Way.XLA)
    arrays, matrices = _matrices()
    inputs, weights = tf.constant(arrays), [tf.constant(each) for each in matrices]

    def several(count: tf.Tensor) -> Any:
        number, gradients = tf.constant(0), [tf.zeros_like(each) for each in weights]
        while number < count:
            outputs = [inputs[number % len(inputs)]]  # another batch each time, as nothing may be left out
            for each in weights:
                outputs.append(tf.matmul(outputs[-1], each))
            back, gradients = outputs.pop(), []
            for each in reversed(weights):
                gradients.insert(0, tf.matmul(outputs[-1], back, transpose_a=True))
                if len(outputs) > 1:
                    back = tf.matmul(back, each, transpose_b=True)
                outputs.pop()
            number += 1
        return gradients

    graph = tf.function(several)
    _tell_milliseconds(turns, lambda count: graph(tf.constant(count))[0].numpy())


def products_in_numpy(turns: Turns) -> None:
    """Do the same products in NumPy, into arrays that are there, and tell their milliseconds."""
    inputs, weights = _matrices()
    outputs = [np.empty((BATCH, width), np.float32) for width in WIDTHS[1:]]
    backs = [np.empty_like(each) for each in outputs]
    gradients = [np.empty_like(each) for each in weights]

    def several(count: int) -> None:
        for number in range(count):
            forward = [inputs[number % len(inputs)], *outputs]
            for layer, each in enumerate(weights):
                np.matmul(forward[layer], each, out=outputs[layer])
            back = outputs[-1]
            for layer in reversed(range(len(weights))):
                np.matmul(forward[layer].T, back, out=gradients[layer])
                if layer:
                    back = np.matmul(back, weights[layer].T, out=backs[layer - 1])

    _tell_milliseconds(turns, several)


def _matrices() -> tuple[np.ndarray[Any, Any], list[np.ndarray[Any, Any]]]:
    """Return a few batches of inputs, and the weights: numbers of a size that stays the same on the way."""
    random = np.random.default_rng(0)
    inputs = random.standard_normal((8, BATCH, WIDTHS[0]), np.float32)
    weights = [
        random.standard_normal(pair, np.float32) / np.float32(np.sqrt(pair[0]))
        for pair in itertools.pairwise(WIDTHS)
    ]
    return inputs, weights


def _tell_milliseconds(turns: Turns, several: Callable[[int], object], most: int = ENDLESS) -> None:
    """Have `several` do as many at a time as take `TURN_SECONDS`, and tell the milliseconds of one."""
    turns.wait()
    several(1)
    several(1)  # the second call may make a program of its own
    count, seconds = 1, _seconds(several, 1)
    while seconds < TURN_SECONDS / 2 and count < most:
        count = min(most, max(count + 1, int(count * TURN_SECONDS / max(seconds, TURN_SECONDS / 16))))
        seconds = _seconds(several, count)
    while True:
        turns.tell(1_000 * seconds / count)
        turns.wait()
        seconds = _seconds(several, count)


def _seconds(several: Callable[[int], object], count: int) -> float:
    begun = time.perf_counter()
    several(count)
    return time.perf_counter() - begun
