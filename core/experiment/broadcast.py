"""Adding values of different shapes, as `keras.layers.Add` does it."""

from __future__ import annotations

from core.experiment.dataset import Shape, show_shape
from core.experiment.layer import IllegalInput


def broadcast(one: Shape, other: Shape) -> Shape:
    """Return the shape of a sum: sizes are compared from the last axis on, and a 1 is repeated to fit.

    Args:
        one: Shape of one value, without the batch.
        other: Shape of the other.

    Raises:
        IllegalInput: Two sizes differ and neither is 1.
    """
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    ends = zip(longer[len(longer) - len(shorter) :], shorter, strict=True)
    fitted = []
    for left, right in ends:
        if left != right and 1 not in (left, right):
            raise IllegalInput(
                f"adds {show_shape(one)} and {show_shape(other)}, which do not fit each other. "
                "Give the layers inside padding “same”, and every branch the same strides and width."
            )
        fitted.append(max(left, right))
    return (*longer[: len(longer) - len(shorter)], *fitted)
