"""Dropout: forget some values while training."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.fields import real
from core.experiment.layer import Drawn, Family, Layer, register


@register
@dataclass(frozen=True, kw_only=True)
class Dropout(Layer):
    """Sets a random share of the values to zero while training, and scales the rest up.

    Reference: Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from
    Overfitting, JMLR 15, 2014.
    """

    family = Family.REGULARIZATION
    summary = "forgets a random share of the values while training, against overfitting"
    reference = "https://keras.io/api/layers/regularization_layers/dropout/"
    words = "overfitting"
    drawn = Drawn.MARK
    random = True

    rate: float = real(
        0.2,
        "rate",
        "The share of values set to zero at each training step; none when predicting.",
        low=0.0,
        high=0.95,
        step=0.05,
    )

    def caption(self) -> str:
        return f"rate {self.rate:g}, while training only"

    def is_linear(self) -> bool:
        return True
