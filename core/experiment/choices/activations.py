"""Activations: each with its formula, its curve and when to use it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from core.experiment.fields import Option


class Output(StrEnum):
    """What an activation's numbers can be read as."""

    SHARES = "shares that add up to 1"
    UNIT = "separate numbers between 0 and 1"
    NUMBERS = "any numbers"


@dataclass(frozen=True)
class Activation(Option):
    """An activation function.

    Attributes:
        output: What its numbers are when it ends a network.
        function: The function of one number. For softmax: of one of ten, where the others are 0.
    """

    output: Output = Output.NUMBERS
    function: Callable[[float], float] = field(default=lambda x: x, compare=False)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
"""Klambauer et al., Self-Normalizing Neural Networks, 2017, equation 2."""

ACTIVATIONS: tuple[Activation, ...] = (
    Activation(
        "linear",
        "none (linear)",
        "Passes the sum on unchanged. For the last layer of a regression, or before a layer of its own "
        "for the activation.",
        "f(x) = x",
    ),
    Activation(
        "relu",
        "ReLU",
        "Zero below zero, unchanged above. The first choice for hidden layers.",
        "f(x) = max(0, x)",
        function=lambda x: max(0.0, x),
    ),
    Activation(
        "leaky_relu",
        "leaky ReLU",
        "ReLU with a slope below zero, so that no neuron goes silent for good."
        " For when many ReLUs give only zeros.",
        "f(x) = x, or 0.2 x where x < 0",
        function=lambda x: x if x >= 0 else 0.2 * x,
    ),
    Activation(
        "elu",
        "ELU",
        "Smooth below zero, down to −1: means near zero, at the price of an exponential.",
        "f(x) = x, or eˣ − 1 where x < 0",
        function=lambda x: x if x >= 0 else math.exp(x) - 1,
    ),
    Activation(
        "selu",
        "SELU",
        "A scaled ELU that keeps mean 0 and spread 1 through deep stacks of Dense. Wants weights from "
        "lecun_normal.",
        "f(x) = 1.0507 x, or 1.7581 (eˣ − 1) where x < 0",
        function=lambda x: SELU_SCALE * (x if x >= 0 else SELU_ALPHA * (math.exp(x) - 1)),
    ),
    Activation(
        "gelu",
        "GELU",
        "A smooth ReLU, x times the chance that a normal number is smaller. Usual in transformers.",
        "f(x) = x Φ(x)",
        function=lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    ),
    Activation(
        "silu",
        "SiLU (swish)",
        "A smooth ReLU, x times its sigmoid. Usual in modern image networks.",
        "f(x) = x / (1 + e⁻ˣ)",
        function=lambda x: x * _sigmoid(x),
    ),
    Activation(
        "sigmoid",
        "sigmoid",
        "Squeezes any number into 0 to 1: for yes-or-no answers. Saturates, so deep "
        "stacks of it learn slowly.",
        "f(x) = 1 / (1 + e⁻ˣ)",
        output=Output.UNIT,
        function=_sigmoid,
    ),
    Activation(
        "tanh",
        "tanh",
        "Squeezes any number into −1 to 1, centred on zero. Usual before ReLU, and in LeNet.",
        "f(x) = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
        function=math.tanh,
    ),
    Activation(
        "softplus",
        "softplus",
        "A smooth ReLU that is never zero. For outputs that must be positive.",
        "f(x) = log(1 + eˣ)",
        function=lambda x: math.log1p(math.exp(x)),
    ),
    Activation(
        "softmax",
        "softmax",
        "Turns the layer's numbers into shares that add up to 1. For the last layer of a classifier.",
        "f(x)ᵢ = e^xᵢ / Σⱼ e^xⱼ",
        output=Output.SHARES,
        function=lambda x: math.exp(x) / (math.exp(x) + 9),
    ),
)


def activation(value: str) -> Activation:
    """Return the activation called `value`."""
    return _BY_VALUE[value]


_BY_VALUE = {each.value: each for each in ACTIVATIONS}
