"""How long a training will take on this machine, before it is begun. Loads no TensorFlow.

A step costs a fixed time, a time for each layer and for each weight; a sample costs a time for each
multiply-add and each value, by the family of its layer. The figures were measured once
(`python -m benchmarks.estimate --fit`); what other machines need of it is learned from their own
finished runs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.experiment.convolution import Convolution
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.layer import Family
from core.experiment.numbers import training_samples
from core.experiment.shapes import every, walk
from core.training.path import PROCESSOR, Way, choose

MOST_RUNS = 12
"""Finished runs whose pace is looked at: the newest say most of the machine as it is now."""
SHORTEST = 1.0
"""Seconds below which a run says little of the machine's pace."""


@dataclass(frozen=True)
class Work:
    """What one epoch has to do, in counts that each take their time.

    Attributes:
        steps: Steps of the weights.
        layer_steps: Steps times layers.
        weight_steps: Steps times weights.
        dense: Multiply-adds outside of convolutions, over all samples.
        convolution: Multiply-adds of convolutions.
        depthwise: Multiply-adds of filters that look at one plane each.
        values: Numbers that layers give.
        augmented: Numbers that layers of augmentation give.
    """

    steps: float
    layer_steps: float
    weight_steps: float
    dense: float
    convolution: float
    depthwise: float
    values: float
    augmented: float


COUNTS = tuple(Work.__dataclass_fields__)


@dataclass(frozen=True)
class Costs:
    """What things take on the machine that was measured.

    Attributes:
        work: Seconds of each count.
        start: Seconds until the first step: the graph is made, or compiled.
        start_layer: The same for each layer; XLA takes half a second for one.
    """

    work: Work
    start: float
    start_layer: float


COSTS = {
    Way.IN_GRAPH: Costs(
        Work(
            steps=1.4e-5,
            layer_steps=3.3e-5,
            weight_steps=2.1e-10,
            dense=5.0e-12,
            convolution=1.3e-12,
            depthwise=1.8e-10,
            values=2.7e-9,
            augmented=3.4e-9,
        ),
        start=0.35,
        start_layer=0.05,
    ),
    Way.XLA: Costs(
        Work(
            steps=2.7e-5,
            layer_steps=2.5e-6,
            weight_steps=1.4e-9,
            dense=1.5e-11,
            convolution=1.4e-11,
            depthwise=1.7e-10,
            values=3.8e-10,
            augmented=2.4e-8,
        ),
        start=0.79,
        start_layer=0.49,
    ),
}
"""From the presets' single steps on 2 cores; `python -m benchmarks.estimate --fit` finds them anew."""
PRODUCT_SIDE = 384
PRODUCT_SECONDS = 0.0007
"""Time of one product of two matrices of that side there."""

_CONVOLVING = (Family.CONVOLUTION, Family.BLOCK)


def work(experiment: Experiment, info: DatasetInfo) -> Work:
    """Return what one epoch of a design has to do, validation included."""
    steps = list(every(walk(experiment.model.layers, info.input_shape)))
    learned = training_samples(experiment, info)
    # validation goes forward only, a third of the way there and back
    samples = learned + (info.training_size - learned) / 3
    updates = experiment.training.steps_an_epoch(learned)

    def total(count: Iterable[int]) -> float:
        return samples * float(sum(count))

    separate = [step for step in steps if isinstance(step.layer, Convolution) and step.layer.separate]
    # a block's own work is its shortcut's: on images a convolution of 1 × 1
    full = [step for step in steps if step.layer.family in _CONVOLVING and step not in separate]
    others = [step for step in steps if step.layer.family not in _CONVOLVING]
    augmenting = [step for step in steps if step.layer.family is Family.AUGMENTATION]
    return Work(
        steps=updates,
        layer_steps=updates * len(steps),
        weight_steps=updates * sum(step.own_parameters for step in steps),
        dense=total(step.own_multiply_adds for step in others),
        convolution=total(step.own_multiply_adds for step in full),
        depthwise=total(step.own_multiply_adds for step in separate),
        values=total(step.own_values for step in steps if step not in augmenting),
        augmented=total(step.own_values for step in augmenting),
    )


def reference_seconds(experiment: Experiment, info: DatasetInfo, epochs: int | None = None) -> float:
    """Return the seconds that a training takes on the machine that was measured.

    Args:
        experiment: The design.
        info: What its data set declares.
        epochs: How many, where not as many as planned.
    """
    found, costs = work(experiment, info), COSTS[way(experiment, info)]
    epoch: float = sum(getattr(found, name) * getattr(costs.work, name) for name in COUNTS)
    start = costs.start + costs.start_layer * found.layer_steps / found.steps
    return start + (experiment.training.epochs if epochs is None else epochs) * epoch


def way(experiment: Experiment, info: DatasetInfo) -> Way:
    """Return the way that a design goes where its data find room, by which it is estimated."""
    return choose(experiment, info, 0, PROCESSOR).way


def factor_of_runs(runs: Iterable[tuple[float, float]]) -> float | None:
    """Return how many times longer this machine takes than the one that was measured.

    Args:
        runs: Seconds that finished runs took, and their `reference_seconds`; the newest first.

    Returns:
        The median of their ratios; None where there is no run to learn from.
    """
    ratios = [taken / expected for taken, expected in runs if taken >= SHORTEST and expected > 0]
    return statistics.median(ratios[:MOST_RUNS]) if ratios else None


def factor_of_products() -> float:
    """Return the same as a first guess, before any run: from a few products of matrices.

    Takes a few milliseconds: the first page waits for it.
    """
    side = np.ones((PRODUCT_SIDE, PRODUCT_SIDE), np.float32)
    times = []
    for _ in range(15):
        begun = time.perf_counter()
        side @ side
        times.append(time.perf_counter() - begun)
    return min(times) / PRODUCT_SECONDS  # the least disturbed
