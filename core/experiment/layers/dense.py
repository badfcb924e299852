"""Dense: every input to every neuron."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.experiment import choices, weights
from core.experiment.dataset import Shape
from core.experiment.fields import integer
from core.experiment.layer import Family, register
from core.experiment.weights import Weighted


@register
@dataclass(frozen=True, kw_only=True)
class Dense(Weighted):
    """Each neuron weighs every input, adds a bias and applies the activation.

    On an input of more than one axis it works along the last one, as Keras does.
    Formula: y = f(x W + b), x of shape (…, n), W (n, units), b (units).
    Reference: https://keras.io/api/layers/core_layers/dense/
    """

    family = Family.DENSE
    summary = "every input to every neuron"
    reference = "https://keras.io/api/layers/core_layers/dense/"
    words = "fully connected linear neurons hidden output"
    width_field = "units"
    wants_flat = True
    compiled = True

    units: int = integer(
        64,
        "units",
        "How many neurons the layer has. More can learn more, and take longer.",
        low=1,
        high=65_536,
        unit="neurons",
    )
    kernel_initializer: str = weights.initializer()

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.units)

    def parameter_count(self, shape: Shape) -> int:
        return (shape[-1] + self.use_bias) * self.units

    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(shape) * self.units

    def caption(self) -> str:
        return choices.activation(self.activation).label
