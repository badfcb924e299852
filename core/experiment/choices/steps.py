"""How the weights are moved: optimizers, learning rates over time, batches, early stopping."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.experiment.fields import Option


class Samples(StrEnum):
    """How many samples a step of the weights looks at."""

    ONE = "one"
    SOME = "some"
    ALL = "all"


@dataclass(frozen=True)
class Optimizer(Option):
    """An optimizer.

    Attributes:
        keras_class: The class in `keras.optimizers`.
        settings: The training settings that it takes beside the learning rate, by Keras's names.
        slots: Numbers that it keeps for each weight.
        usual: A learning rate to begin with.
        highest: The highest rate that is worth a try on normalized inputs.
        highest_raw: The same on raw pixels, whose gradients are some hundred times larger; methods
            that divide by the gradients' size feel less of that.
    """

    keras_class: str = ""
    settings: tuple[str, ...] = ()
    slots: int = 2
    usual: float = 0.001
    highest: float = 0.05
    highest_raw: float = 0.005


@dataclass(frozen=True)
class Schedule(Option):
    """How the learning rate changes; `settings` are the training settings it takes."""

    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Batching(Option):
    """How many samples each step looks at; `settings` are the training settings it takes."""

    samples: Samples = Samples.SOME
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stopping(Option):
    """Whether training may end early; `settings` are the training settings it takes."""

    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy(Option):
    """The numbers that layers compute with, and keep; the value is Keras's name of the dtype policy.

    Attributes:
        halves: Whether layers compute with 16 bits.
    """

    halves: bool = False


OPTIMIZERS: tuple[Optimizer, ...] = (
    Optimizer(
        "adam",
        "Adam",
        "Adapts the step of every weight. A good first choice; 0.001 is its usual rate.",
        "θ ← θ − η m̂ / (√v̂ + ε)",
        keras_class="Adam",
    ),
    Optimizer(
        "sgd",
        "SGD",
        "Plain gradient descent, with momentum if wanted. Wants a higher rate, 0.01 to 0.1.",
        "θ ← θ − η g",
        keras_class="SGD",
        settings=("momentum", "nesterov"),
        slots=1,
        usual=0.01,
        highest=1.0,
        highest_raw=0.001,
    ),
    Optimizer(
        "rmsprop",
        "RMSprop",
        "Divides each step by the recent size of its gradients.",
        "θ ← θ − η g / √(v + ε)",
        keras_class="RMSprop",
        slots=1,
    ),
    Optimizer(
        "adamw",
        "AdamW",
        "Adam whose weights also shrink a little at every step, against overfitting.",
        "θ ← θ − η (m̂ / (√v̂ + ε) + λ θ)",
        keras_class="AdamW",
        settings=("weight_decay",),
    ),
    Optimizer(
        "adagrad",
        "Adagrad",
        "Steps shrink by all gradients so far: good where some inputs are rare, slow in the long run.",
        "θ ← θ − η g / √(Σ g² + ε)",
        keras_class="Adagrad",
        slots=1,
        usual=0.01,
        highest=1.0,
        highest_raw=0.1,
    ),
    Optimizer(
        "nadam",
        "Nadam",
        "Adam with Nesterov's look ahead.",
        "θ ← θ − η (β₁ m̂ + (1 − β₁) ĝ) / (√v̂ + ε)",
        keras_class="Nadam",
    ),
)

SCHEDULES: tuple[Schedule, ...] = (
    Schedule("constant", "constant", "The rate stays as it is."),
    Schedule(
        "cosine",
        "cosine, down to 0",
        "Large steps first, ever finer ones towards the last epoch.",
        "η (1 + cos(π t / T)) / 2",
    ),
    Schedule(
        "exponential",
        "exponential",
        "The rate shrinks by the same factor in every epoch.",
        "η · decayᵉᵖᵒᶜʰ",
        settings=("decay_rate",),
    ),
    Schedule(
        "plateau",
        "reduced on a plateau",
        "The rate is reduced when the validation loss has stopped falling.",
        settings=("plateau_factor", "plateau_patience"),
    ),
)

BATCHINGS: tuple[Batching, ...] = (
    Batching(
        "mini_batch",
        "mini-batch",
        "Each step looks at a few samples: the usual balance of speed and a steady direction.",
        settings=("batch_size",),
    ),
    Batching(
        "stochastic",
        "stochastic: 1 sample",
        "Stochastic gradient descent: a step after every sample. Lively, noisy, and slow on a computer.",
        samples=Samples.ONE,
    ),
    Batching(
        "all",
        "batch: all samples",
        "Batch gradient descent: one exact, smooth step an epoch. Needs many epochs, and much memory.",
        samples=Samples.ALL,
    ),
)

POLICIES: tuple[Policy, ...] = (
    Policy("float32", "32 bits", "Every number has 32 bits, about seven digits: the usual choice."),
    Policy(
        "mixed_float16",
        "16 bits, weights 32",
        "Layers compute with 16 bits, weights keep 32: faster on graphics cards since 2017, slower on a "
        "processor.",
        halves=True,
    ),
    Policy(
        "mixed_bfloat16",
        "16 bits of a wider range, weights 32",
        "Layers compute with 16 bits that hold larger and smaller numbers, with fewer digits: for graphics "
        "cards since 2020.",
        halves=True,
    ),
)

EARLY_STOPPING = Stopping("early", "early stopping", settings=("patience",))
NO_EARLY_STOPPING = Stopping("none", "no early stopping")


def optimizer(value: str) -> Optimizer:
    """Return the optimizer called `value`."""
    return _OPTIMIZERS[value]


def schedule(value: str) -> Schedule:
    """Return the schedule called `value`."""
    return _SCHEDULES[value]


def batching(value: str) -> Batching:
    """Return the way of batching called `value`."""
    return _BATCHINGS[value]


def policy(value: str) -> Policy:
    """Return the dtype policy called `value`."""
    return _POLICIES[value]


_OPTIMIZERS = {each.value: each for each in OPTIMIZERS}
_SCHEDULES = {each.value: each for each in SCHEDULES}
_BATCHINGS = {each.value: each for each in BATCHINGS}
_POLICIES = {each.value: each for each in POLICIES}
