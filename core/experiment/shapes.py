"""Shapes and parameter counts of a whole stack, without TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.dataset import Shape
from core.experiment.layer import IllegalInput, Layer


@dataclass(frozen=True)
class Step:
    """A layer in its place.

    Attributes:
        layer: The layer.
        input_shape: What it gets, one sample without the batch; None after an illegal layer.
        output_shape: What it gives; None where it, or a layer before it, is illegal.
        parameters: How many trainable numbers it has; None where that is unknown.
        illegal: Why it can't take its input, or None.
    """

    layer: Layer
    input_shape: Shape | None
    output_shape: Shape | None = None
    parameters: int | None = None
    illegal: IllegalInput | None = None


def walk(layers: tuple[Layer, ...], shape: Shape) -> tuple[Step, ...]:
    """Send a sample of `shape` through the stack and note what comes of it at each layer.

    Args:
        layers: The stack, first to last.
        shape: Shape of one input sample, without the batch.
    """
    steps: list[Step] = []
    current: Shape | None = shape
    for layer in layers:
        steps.append(_step(layer, current))
        current = steps[-1].output_shape
    return tuple(steps)


def _step(layer: Layer, shape: Shape | None) -> Step:
    if shape is None:
        return Step(layer, None)
    try:
        return Step(layer, shape, layer.output_shape(shape), layer.parameter_count(shape))
    except IllegalInput as illegal:
        return Step(layer, shape, illegal=illegal)


def parameter_count(steps: tuple[Step, ...]) -> int:
    """Return the trainable numbers of all layers whose count is known."""
    return sum(step.parameters or 0 for step in steps)
