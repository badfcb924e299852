"""Losses: how each wants the answers, and how it reads the network's."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.experiment.choices.activations import Output
from core.experiment.dataset import Task
from core.experiment.fields import Option


class Labels(StrEnum):
    """How the answers are written for the loss."""

    INTEGER = "integer"
    ONE_HOT = "one-hot"
    SIGNED = "−1 or +1"
    NUMBER = "number"


@dataclass(frozen=True)
class Loss(Option):
    """A loss.

    Attributes:
        keras_class: The class in `keras.losses`.
        labels: How it wants the answers, by the tasks it is for.
        needs: How it reads the network's answer.
        refuses: Answers with which it can't be computed.
        why: For answers that it can be computed with and should not: what goes wrong.
        guess: For classification: what it comes to for the best answer that does not look at the
            sample, by the number of classes, all equally frequent.
    """

    keras_class: str = ""
    labels: Mapping[Task, Labels] = field(default_factory=dict, compare=False)
    needs: Output = Output.NUMBERS
    refuses: tuple[Output, ...] = ()
    why: Mapping[Output, str] = field(default_factory=dict, compare=False)
    guess: Callable[[int], float] = field(default=math.log, compare=False)

    def labels_for(self, task: Task) -> Labels | None:
        """Return how it wants the answers of a task, or None where it is not for it."""
        return self.labels.get(task)


_CLASSES_AS_INTEGERS = {Task.CLASSIFICATION: Labels.INTEGER}
_CLASSES_ONE_HOT = {Task.CLASSIFICATION: Labels.ONE_HOT}
_CLASSES_SIGNED = {Task.CLASSIFICATION: Labels.SIGNED}
_NUMBERS_OR_ONE_HOT = {Task.REGRESSION: Labels.NUMBER, Task.CLASSIFICATION: Labels.ONE_HOT}
_SQUEEZED = (
    "A wrong answer given with confidence sits where {} is flat: its gradient is almost zero, so "
    "the network hardly learns from its worst mistakes."
)
_MARGIN = (
    "It asks the right answer to beat the others by a margin that {} can never reach, so it keeps "
    "pushing where everything is right already."
)
_SEPARATE = (
    "The classes exclude each other, but sigmoid judges each by itself: the answers need not add up to 1."
)

LOSSES: tuple[Loss, ...] = (
    Loss(
        "sparse_categorical_crossentropy",
        "cross-entropy (integer labels)",
        "−log of the share given to the right class: the usual loss for classes.",
        "L = −log p(y)",
        keras_class="SparseCategoricalCrossentropy",
        labels=_CLASSES_AS_INTEGERS,
        needs=Output.SHARES,
        refuses=(Output.NUMBERS,),
        why={Output.UNIT: _SEPARATE},
    ),
    Loss(
        "categorical_crossentropy",
        "cross-entropy (one-hot labels)",
        "−log of the share given to the right class; the same figure, from one-hot labels.",
        "L = −Σᵢ yᵢ log pᵢ",
        keras_class="CategoricalCrossentropy",
        labels=_CLASSES_ONE_HOT,
        needs=Output.SHARES,
        refuses=(Output.NUMBERS,),
        why={Output.UNIT: _SEPARATE},
    ),
    Loss(
        "binary_crossentropy",
        "binary cross-entropy",
        "Asks of each class by itself: yes or no? For answers that may be true together.",
        "L = −mean (y log p + (1 − y) log(1 − p))",
        keras_class="BinaryCrossentropy",
        labels=_CLASSES_ONE_HOT,
        needs=Output.UNIT,
        guess=lambda n: math.log(n) - (1 - 1 / n) * math.log(n - 1),
        refuses=(Output.NUMBERS,),
        why={Output.SHARES: "It judges each class by itself, where softmax makes them compete."},
    ),
    Loss(
        "mean_squared_error",
        "mean squared error",
        "The mean of the squared differences; large errors weigh most. For predicting numbers.",
        "L = mean (y − ŷ)²",
        keras_class="MeanSquaredError",
        labels=_NUMBERS_OR_ONE_HOT,
        guess=lambda n: (1 - 1 / n) / n,
        why={Output.SHARES: _SQUEEZED.format("softmax"), Output.UNIT: _SQUEEZED.format("sigmoid")},
    ),
    Loss(
        "mean_absolute_error",
        "mean absolute error",
        "The mean of the differences; outliers weigh no more than others. For predicting numbers.",
        "L = mean |y − ŷ|",
        keras_class="MeanAbsoluteError",
        labels=_NUMBERS_OR_ONE_HOT,
        guess=lambda n: 1 / n,
        why={Output.SHARES: _SQUEEZED.format("softmax"), Output.UNIT: _SQUEEZED.format("sigmoid")},
    ),
    Loss(
        "huber",
        "Huber",
        "Squared for small differences, absolute for large ones. For numbers with a few outliers.",
        "L = mean d²/2 where |d| ≤ 1, else |d| − 1/2",
        keras_class="Huber",
        labels=_NUMBERS_OR_ONE_HOT,
        guess=lambda n: (1 - 1 / n) / (2 * n),
        why={Output.SHARES: _SQUEEZED.format("softmax"), Output.UNIT: _SQUEEZED.format("sigmoid")},
    ),
    Loss(
        "hinge",
        "hinge",
        "Nothing once the right side of zero is left by 1, as in a support vector machine.",
        "L = mean max(0, 1 − y ŷ)",
        keras_class="Hinge",
        labels=_CLASSES_SIGNED,
        guess=lambda n: 2 / n,
        why={Output.SHARES: _MARGIN.format("softmax"), Output.UNIT: _MARGIN.format("sigmoid")},
    ),
    Loss(
        "squared_hinge",
        "squared hinge",
        "The hinge, squared: smooth, and hard on large mistakes.",
        "L = mean max(0, 1 − y ŷ)²",
        keras_class="SquaredHinge",
        labels=_CLASSES_SIGNED,
        guess=lambda n: 4 * (1 - 1 / n) / n,
        why={Output.SHARES: _MARGIN.format("softmax"), Output.UNIT: _MARGIN.format("sigmoid")},
    ),
    Loss(
        "categorical_hinge",
        "categorical hinge",
        "Nothing once the right class leads every other by 1.",
        "L = max(0, maxⱼ≠y ŷⱼ − ŷ_y + 1)",
        keras_class="CategoricalHinge",
        labels=_CLASSES_ONE_HOT,
        guess=lambda n: 1.0,
        why={Output.SHARES: _MARGIN.format("softmax"), Output.UNIT: _MARGIN.format("sigmoid")},
    ),
)


def usual_loss(task: Task, labels: Labels | None = None) -> Loss:
    """Return the usual loss for a task: the first of the table, with these labels where one has them."""
    fitting = [each for each in LOSSES if each.labels_for(task)]
    return next((each for each in fitting if each.labels_for(task) is labels), fitting[0])


def loss(value: str) -> Loss:
    """Return the loss called `value`."""
    return _BY_VALUE[value]


_BY_VALUE = {each.value: each for each in LOSSES}
