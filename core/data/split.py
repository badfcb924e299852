"""From a data set to what training sees: split, statistics, labels as the loss wants them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.aligned import taken
from core.experiment import choices
from core.experiment.choices import Labels
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo

Array = NDArray[np.generic]


@dataclass(frozen=True)
class Samples:
    """Inputs and their answers.

    Attributes:
        inputs: Shape (n, *input_shape), in the data's own type and unit (uint8 for pixels).
        answers: Class numbers, shape (n,), or target values, shape (n, targets).
    """

    inputs: Array
    answers: Array

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True)
class Dataset:
    """A data set in memory.

    Attributes:
        info: What it declares.
        training: What may be learned from; validation is taken out of it.
        test: Touched once, for the final evaluation.
    """

    info: DatasetInfo
    training: Samples
    test: Samples


@dataclass(frozen=True)
class Statistics:
    """Mean and standard deviation of the samples that are learned from.

    Attributes:
        mean: One number for images, one per feature otherwise; in the data's own unit.
        std: Likewise, never zero.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]


NO_STATISTICS = Statistics((0.0,), (1.0,))
"""For what does not look at them."""


@dataclass(frozen=True)
class Parts:
    """The training set in two, and the statistics of the first part alone."""

    training: Samples
    validation: Samples
    statistics: Statistics


def split(dataset: Dataset, spec: DataSpec) -> Parts:
    """Split the training set by the spec's seed; the test set is left alone.

    Args:
        dataset: The data.
        spec: Validation share and seed. The same seed keeps the same samples apart.

    Returns:
        Both parts with at least one sample each, and the first part's statistics.
    """
    repeated = dataset.info.repeated
    order = np.random.default_rng(spec.seed).permutation(len(dataset.training) - repeated)
    kept = spec.kept_for_validation(len(order))
    # sorted, so that reading stays sequential; training shuffles anyway
    validation, training = np.sort(order[:kept]), np.sort(order[kept:])
    if repeated:
        training = np.append(training, np.arange(len(order), len(dataset.training)))
    inputs, answers = dataset.training.inputs, dataset.training.answers
    learned = Samples(taken(inputs, training), answers[training])
    return Parts(
        training=learned,
        validation=Samples(taken(inputs, validation), answers[validation]),
        statistics=statistics(learned.inputs, dataset.info),
    )


def statistics(inputs: Array, info: DatasetInfo) -> Statistics:
    """Return mean and standard deviation of inputs.

    Args:
        inputs: Shape (n, *input_shape).
        info: Images get one mean for all pixels, other samples one per feature (their last axis).
    """
    if info.is_image and inputs.dtype == np.uint8:
        counts = pixel_counts(inputs)  # instead of a float copy of every pixel: exact
        values = np.arange(256)
        mean = float(counts @ values / counts.sum())
        std = float(np.sqrt(counts @ (values - mean) ** 2 / counts.sum()))
        return Statistics((mean,), (std or 1.0,))
    axis = None if info.is_image else tuple(range(inputs.ndim - 1))
    means = np.atleast_1d(inputs.mean(axis=axis, dtype=np.float64)).reshape(-1)
    stds = np.atleast_1d(inputs.std(axis=axis, dtype=np.float64)).reshape(-1)
    return Statistics(tuple(float(mean) for mean in means), tuple(float(std) or 1.0 for std in stds))


def pixel_counts(inputs: Array) -> NDArray[np.int64]:
    """Return how often each value from 0 to 255 occurs.

    Args:
        inputs: uint8, of any shape.
    """
    counts = np.zeros(256, np.int64)
    for start in range(0, len(inputs), 256):  # in pieces that stay in the processor's cache
        counts += np.bincount(inputs[start : start + 256].reshape(-1), minlength=256)
    return counts


def encode(answers: Array, loss: str, info: DatasetInfo) -> Array:
    """Return the answers as the loss wants them.

    Args:
        answers: Class numbers, shape (n,), or target values.
        loss: Name of the loss.
        info: Says how many classes there are.

    Returns:
        int32 of shape (n,), one-hot or −1/+1 float32 of shape (n, classes), or float32 target values.
    """
    labels = choices.loss(loss).labels_for(info.task)
    if labels is Labels.INTEGER:
        return answers.astype(np.int32)
    if labels is Labels.NUMBER:
        return answers.astype(np.float32).reshape(len(answers), -1)
    one_hot = np.eye(info.outputs, dtype=np.float32)[answers.astype(np.int64)]
    return 2 * one_hot - 1 if labels is Labels.SIGNED else one_hot
