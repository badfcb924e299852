"""Dense: every input to every neuron."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment import choices
from core.experiment.dataset import Shape
from core.experiment.fields import choice, integer
from core.experiment.layer import Family, Layer, register


@register
@dataclass(frozen=True, kw_only=True)
class Dense(Layer):
    """Each neuron weighs every input, adds a bias and applies the activation.

    On an input of more than one axis it works along the last one, as Keras does.
    Formula: y = f(x W + b), x of shape (…, n), W (n, units), b (units).
    Reference: https://keras.io/api/layers/core_layers/dense/
    """

    family = Family.DENSE
    summary = "every input to every neuron"
    reference = "https://keras.io/api/layers/core_layers/dense/"
    width_field = "units"
    wants_flat = True

    units: int = integer(
        64,
        "units",
        "How many neurons the layer has. More can learn more, and take longer.",
        low=1,
        high=65_536,
        unit="neurons",
    )
    activation: str = choice(
        "relu",
        "activation",
        "The function applied to each neuron's sum. Without one, stacked layers equal a single one.",
        options=choices.ACTIVATIONS,
    )

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.units)

    def parameter_count(self, shape: Shape) -> int:
        return (shape[-1] + 1) * self.units

    def caption(self) -> str:
        return choices.activation(self.activation).label

    def output(self) -> choices.Output:
        return choices.activation(self.activation).output
