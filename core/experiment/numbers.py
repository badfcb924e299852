"""Figures of a design: weights, memory, multiply-adds, samples and steps."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.experiment import choices
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.shapes import Step, non_trainable_count, parameter_count, walk

FLOAT = 4
"""Bytes of a float32."""


@dataclass(frozen=True)
class Numbers:
    """A design in figures.

    Attributes:
        trainable: Numbers that gradients change.
        non_trainable: Numbers that are kept but not trained: running means.
        multiply_adds: Multiplications with an addition, for one sample's answer.
        weight_bytes: Memory of all weights.
        training_bytes: Memory that training takes at least: weights, gradients, the optimizer's own
            numbers, the layers' outputs for a batch, the data.
        samples: Samples to learn from.
        steps: Steps of the weights in an epoch.
    """

    trainable: int
    non_trainable: int
    multiply_adds: int
    weight_bytes: int
    training_bytes: int
    samples: int
    steps: int


def numbers(experiment: Experiment, info: DatasetInfo) -> Numbers:
    """Return a design's figures; layers of unknown shape count as nothing."""
    steps = walk(experiment.model.layers, info.input_shape)
    trainable, rest = parameter_count(steps), non_trainable_count(steps)
    samples = training_samples(experiment, info)
    return Numbers(
        trainable=trainable,
        non_trainable=rest,
        multiply_adds=sum(step.multiply_adds for step in steps),
        weight_bytes=FLOAT * (trainable + rest),
        training_bytes=training_memory(experiment, info, steps).total,
        samples=samples,
        steps=experiment.training.steps_an_epoch(samples),
    )


def training_samples(experiment: Experiment, info: DatasetInfo) -> int:
    """Return how many samples are learned from, those for validation aside."""
    return max(1, info.training_size - experiment.data.kept_for_validation(info.validatable))


@dataclass(frozen=True)
class Memory:
    """Bytes that training takes at least.

    Attributes:
        weights: Weights, a gradient each, and the optimizer's numbers.
        outputs: For every sample of a batch, each layer's output and its gradient.
        data: The data set, a byte a value.
    """

    weights: int
    outputs: int
    data: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.outputs + self.data


def training_memory(experiment: Experiment, info: DatasetInfo, steps: tuple[Step, ...]) -> Memory:
    """Return the memory that training takes at least."""
    samples = training_samples(experiment, info)
    batch = min(samples, experiment.training.samples_a_step(samples))
    slots = choices.optimizer(experiment.training.optimizer).slots
    values = math.prod(info.input_shape) + sum(step.values for step in steps)
    return Memory(
        weights=FLOAT * (parameter_count(steps) * (2 + slots) + non_trainable_count(steps)),
        outputs=FLOAT * 2 * batch * values,
        data=info.training_size * math.prod(info.input_shape),
    )


def show_bytes(count: int) -> str:
    """Return a size as people write it: `2.7 MB`."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count} bytes"


def show_count(count: int) -> str:
    """Return a large count in a few letters: `1.3 M`."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e4)):
        if count >= size:
            return f"{count / (1e3 if unit == 'k' else size):,.1f} {unit}"
    return f"{count:,}"
