"""Activation: a function as a layer of its own."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment import choices, weights
from core.experiment.choices import Output
from core.experiment.layer import Drawn, Family, Layer, register


@register
@dataclass(frozen=True, kw_only=True)
class Activation(Layer):
    """Applies a function to every number, for example after a normalization or a Residual block.

    Reference: https://keras.io/api/layers/core_layers/activation/
    """

    family = Family.ACTIVATION
    summary = "applies a function to every number; for after a normalization or a Residual"
    reference = "https://keras.io/api/layers/core_layers/activation/"
    words = "relu leaky elu selu gelu silu swish sigmoid tanh softplus softmax function"
    drawn = Drawn.MARK
    compiled = True

    activation: str = weights.activation()

    def caption(self) -> str:
        return choices.activation(self.activation).label

    def output(self) -> Output:
        return choices.activation(self.activation).output

    def is_linear(self) -> bool:
        return self.activation == "linear"
