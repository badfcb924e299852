"""Softmax: shares that add up to 1, as a layer of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.experiment.choices import Output
from core.experiment.dataset import Shape, show_shape
from core.experiment.fields import integer
from core.experiment.layer import Advice, Change, Drawn, Family, IllegalInput, Layer, register


@register
@dataclass(frozen=True, kw_only=True)
class Softmax(Layer):
    """Turns numbers into shares that add up to 1 along one axis.

    Its number is an axis, not a count of classes: `Softmax(10)` asks for the tenth axis.
    Formula: f(x)ᵢ = e^xᵢ / Σⱼ e^xⱼ.
    Reference: https://keras.io/api/layers/activation_layers/softmax/
    """

    family = Family.ACTIVATION
    summary = "turns numbers into shares that add up to 1; its number is an axis, not a count"
    reference = "https://keras.io/api/layers/activation_layers/softmax/"
    drawn = Drawn.MARK
    compiled = True

    axis: int = integer(
        -1,
        "axis",
        "Along which axis the shares add up to 1: −1 is the last one, where classes are. No count of "
        "classes.",
        low=-100,
        high=100,
    )

    def output_shape(self, shape: Shape) -> Shape:
        axes = len(shape) + 1  # the batch is one
        if not -axes <= self.axis < axes:
            raise IllegalInput(
                f"is asked for axis {self.axis}, but its input, {show_shape(shape)} and the batch, has "
                f"{axes} axes. The number is an axis, not a count of classes: those come from the layer "
                "before.",
                ("Use the last axis", Change("axis", -1)),
            )
        return shape

    def caption(self) -> str:
        return "shares that add up to 1" + ("" if self.axis == -1 else f" along axis {self.axis}")

    def output(self) -> Output | None:
        return Output.SHARES if self.axis != 0 else None

    def competing(self, shape: Shape) -> int:
        return (1, *shape)[self.axis]  # the batch comes first

    def advice(self, shape: Shape) -> Iterable[Advice]:
        if self.axis in (0, -len(shape) - 1):
            yield Advice(
                "softmax-over-batch",
                "adds up to 1 over the samples of a batch (axis 0), so each answer depends on the others "
                "that happen to be asked with it.",
                (("Use the last axis", Change("axis", -1)),),
            )
