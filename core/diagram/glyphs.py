"""How large a layer is drawn: columns of neurons, stacks of planes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.diagram import words
from core.experiment.dataset import Shape

MOST_PLANES = 6
LARGEST_SIDE = 104.0
SMALLEST_SIDE = 7.0


@dataclass(frozen=True)
class Size:
    """How large things are drawn in one stack: smaller inside of blocks and in deep networks.

    Attributes:
        scale: Size of a plane against that in the outermost stack.
        neurons: How many neurons a column has at most, the ellipsis included.
        spacing: Pixels from one neuron to the next.
        radius: Of a neuron, in pixels.
        letter: Size of the letters below a layer.
    """

    scale: float
    neurons: int
    spacing: float
    radius: float
    letter: float = words.LETTER

    def inside(self, branches: int) -> Size:
        """Return the size for the stacks of a block; the more of them, the smaller."""
        scale = max(self.scale * (0.78 if branches == 1 else 0.62 if branches <= 3 else 0.5), 0.36)
        fewer = 9 if scale > 0.7 else 7 if scale > 0.5 else 5
        return Size(scale, min(fewer, self.neurons), 11 + 11 * scale, 3.4 + 3.4 * scale, words.SMALL)


def outermost(layers: int, tight: bool) -> Size:
    """Return the size for a network of so many layers, with room to spare or none."""
    scale = 1.0 if layers <= 7 and not tight else 0.8
    return Size(scale, 13 if layers <= 16 else 9 if layers <= 60 else 7, 23.0, 7.0)


def final(size: Size) -> Size:
    """Return the size for the last layer, each of whose neurons may stand for a class."""
    return replace(size, neurons=13)


def is_flat(shape: Shape) -> bool:
    """Return whether a shape is drawn as a column of neurons."""
    return len(shape) < 2


def neurons(shape: Shape, size: Size) -> tuple[tuple[float, ...], bool]:
    """Return heights of a column's neurons around 0, and whether an ellipsis is in their middle."""
    count = shape[0] if shape else 1
    drawn = min(count, size.neurons)
    heights = [(index - (drawn - 1) / 2) * size.spacing for index in range(drawn)]
    if count > drawn:
        del heights[drawn // 2]
    return tuple(heights), count > drawn


def planes(shape: Shape, size: Size) -> tuple[float, float, int, float]:
    """Return height and width of one plane, how many are drawn, and how far each is from the next."""
    height, width = shape[-3:-1] if len(shape) > 2 else shape
    largest = max(height, width, 1)
    side = max(min(LARGEST_SIDE, 20.0 + 3.0 * largest) * size.scale, SMALLEST_SIDE)
    count = min(shape[-1], MOST_PLANES) if len(shape) > 2 else 1
    return (
        max(side * height / largest, SMALLEST_SIDE),
        max(side * width / largest, SMALLEST_SIDE),
        count,
        max(4.0 * size.scale, 2.4),
    )
