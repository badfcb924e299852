"""What can be chosen by name: activations, losses, optimizers, normalizations.

Each is one row of a table: Keras's own word, a label, when to use it, the formula. Nothing outside
branches on a name; what a choice means to others is an attribute of its row.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.experiment.dataset import Task
from core.experiment.fields import Option


class Labels(StrEnum):
    """How the answers are written for the loss."""

    INTEGER = "integer"
    ONE_HOT = "one-hot"
    NUMBER = "number"


class Output(StrEnum):
    """What an activation's numbers can be read as."""

    SHARES = "shares that add up to 1"
    UNIT = "separate numbers between 0 and 1"
    NUMBERS = "any numbers"


@dataclass(frozen=True)
class Activation(Option):
    """An activation function; `output` says what its numbers are when it ends a network."""

    output: Output = Output.NUMBERS


@dataclass(frozen=True)
class Loss(Option):
    """A loss.

    Attributes:
        keras_class: The class in `keras.losses`.
        task: The task it is for.
        labels: How it wants the answers.
        needs: How it reads the network's answer.
    """

    keras_class: str = ""
    task: Task = Task.CLASSIFICATION
    labels: Labels = Labels.INTEGER
    needs: Output = Output.NUMBERS


@dataclass(frozen=True)
class Optimizer(Option):
    """An optimizer; `keras_class` is the class in `keras.optimizers`."""

    keras_class: str = ""


class Scaling(StrEnum):
    """What a normalization does to a value."""

    NOTHING = "nothing"
    RANGE = "range"
    """Maps the data's possible range to 0–1."""
    STATISTICS = "statistics"
    """Subtracts the mean and divides by the standard deviation."""


@dataclass(frozen=True)
class Normalization(Option):
    """What happens to the inputs before the first layer; `short` is for titles of runs."""

    short: str = ""
    scaling: Scaling = Scaling.NOTHING


ACTIVATIONS: tuple[Activation, ...] = (
    Activation(
        "linear",
        "none (linear)",
        "Passes the sum on unchanged. For the last layer of a regression.",
        "f(x) = x",
    ),
    Activation(
        "relu",
        "ReLU",
        "Zero below zero, unchanged above. The first choice for hidden layers.",
        "f(x) = max(0, x)",
    ),
    Activation(
        "sigmoid",
        "sigmoid",
        "Squeezes any number into 0 to 1. Saturates, so deep stacks of it learn slowly.",
        "f(x) = 1 / (1 + e⁻ˣ)",
        output=Output.UNIT,
    ),
    Activation(
        "tanh",
        "tanh",
        "Squeezes any number into −1 to 1, centred on zero.",
        "f(x) = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
    ),
    Activation(
        "softmax",
        "softmax",
        "Turns the layer's numbers into shares that add up to 1. For the last layer of a classifier.",
        "f(x)ᵢ = e^xᵢ / Σⱼ e^xⱼ",
        output=Output.SHARES,
    ),
)

LOSSES: tuple[Loss, ...] = (
    Loss(
        "sparse_categorical_crossentropy",
        "cross-entropy (integer labels)",
        "−log of the share given to the right class. Labels stay integers: 7 is written 7.",
        "L = −log p(y)",
        keras_class="SparseCategoricalCrossentropy",
        labels=Labels.INTEGER,
        needs=Output.SHARES,
    ),
    Loss(
        "categorical_crossentropy",
        "cross-entropy (one-hot labels)",
        "The same figure with one-hot labels: a 1 at the right class, 0 elsewhere.",
        "L = −Σᵢ yᵢ log pᵢ",
        keras_class="CategoricalCrossentropy",
        labels=Labels.ONE_HOT,
        needs=Output.SHARES,
    ),
    Loss(
        "mean_squared_error",
        "mean squared error",
        "The mean of the squared differences, for predicting numbers.",
        "L = mean (y − ŷ)²",
        keras_class="MeanSquaredError",
        task=Task.REGRESSION,
        labels=Labels.NUMBER,
        needs=Output.NUMBERS,
    ),
)

OPTIMIZERS: tuple[Optimizer, ...] = (
    Optimizer(
        "adam",
        "Adam",
        "Adapts the step of every weight. A good first choice; 0.001 is its usual rate.",
        keras_class="Adam",
    ),
    Optimizer(
        "sgd",
        "SGD",
        "Plain gradient descent on batches. Wants a higher rate, 0.01 to 0.1.",
        keras_class="SGD",
    ),
    Optimizer(
        "rmsprop",
        "RMSprop",
        "Divides each step by the recent size of its gradients.",
        keras_class="RMSprop",
    ),
)

NORMALIZATIONS: tuple[Normalization, ...] = (
    Normalization(
        "none",
        "none (raw values)",
        "The values go in as they are stored, 0 to 255 for pixels. Training is slower and less steady.",
        "x",
        short="raw",
    ),
    Normalization(
        "rescale",
        "÷ 255",
        "Values are brought to 0 to 1 by dividing by their largest possible value.",
        "x / 255",
        short="÷ 255",
        scaling=Scaling.RANGE,
    ),
    Normalization(
        "standardize",
        "standardized",
        "Subtracts the training set's mean and divides by its standard deviation.",
        "(x − mean) / std",
        short="standardized",
        scaling=Scaling.STATISTICS,
    ),
)


def activation(value: str) -> Activation:
    """Return the activation called `value`."""
    return _ACTIVATIONS[value]


def loss(value: str) -> Loss:
    """Return the loss called `value`."""
    return _LOSSES[value]


def optimizer(value: str) -> Optimizer:
    """Return the optimizer called `value`."""
    return _OPTIMIZERS[value]


def normalization(value: str) -> Normalization:
    """Return the normalization called `value`."""
    return _NORMALIZATIONS[value]


_ACTIVATIONS = {each.value: each for each in ACTIVATIONS}
_LOSSES = {each.value: each for each in LOSSES}
_OPTIMIZERS = {each.value: each for each in OPTIMIZERS}
_NORMALIZATIONS = {each.value: each for each in NORMALIZATIONS}
