"""What the ready network and its detector learn from, and what they are measured on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.drawing.making import pen_digits
from core.drawing.making.pen_digits import Lines, PenDigit
from core.drawing.making.warp import warp
from core.drawing.prepare import Switches, prepare, weighed
from core.drawing.strokes import PENS, SIDE, Drawing

Grey = NDArray[np.uint8]
Labels = NDArray[np.int64]
Chance = np.random.Generator

SMALLEST_INK, LARGEST_INK = SIDE / 5, float(SIDE)
"""Sizes of digits that have to be read, in pixels of the canvas."""
PLACES = ((0.0, 0.0), (1.0, 0.0), (0.5, 0.5), (0.0, 1.0), (1.0, 1.0))
MNIST_KEPT = 5_000
"""Of MNIST's training set, the last ones: they choose, and nothing is learned from them."""
PENS_LEARNED, PENS_KEPT = 5_500, 500
"""In writers' order: the first are learned from, the next choose, all that follow are the test."""
_AS_IT_IS = Switches(weight=False)


@dataclass(frozen=True)
class Material:
    """Digits in three parts that have no writer of pen strokes in common.

    Attributes:
        mnist: Learned from; pictures (n, 28, 28) and labels.
        mnist_kept: Of MNIST's training set, not learned from.
        mnist_test: MNIST's test set.
        pens: Pen strokes that are learned from.
        pens_kept: Not learned from.
        pens_test: For measuring alone.
    """

    mnist: tuple[Grey, Labels]
    mnist_kept: tuple[Grey, Labels]
    mnist_test: tuple[Grey, Labels]
    pens: Sequence[PenDigit]
    pens_kept: Sequence[PenDigit]
    pens_test: Sequence[PenDigit]


def read(mnist: Path, pens: Path) -> Material:
    """Read MNIST (as `mnist.npz`) and the pen strokes, and part them."""
    with np.load(mnist, allow_pickle=False) as file:
        x, y = file["x_train"], file["y_train"].astype(np.int64)
        test = file["x_test"], file["y_test"].astype(np.int64)
    digits = pen_digits.read(pens)
    until = PENS_LEARNED + PENS_KEPT
    return Material(
        (x[:-MNIST_KEPT], y[:-MNIST_KEPT]),
        (x[-MNIST_KEPT:], y[-MNIST_KEPT:]),
        test,
        digits[:PENS_LEARNED],
        digits[PENS_LEARNED:until],
        digits[until:],
    )


def renderings(digits: Sequence[PenDigit], times: int, random: Chance) -> tuple[Grey, Labels]:
    """Return each digit `times` over, each time in another hand, size, place and weight."""
    images = [
        _prepared(pen_digits.varied(digit.lines, random), random) for _ in range(times) for digit in digits
    ]
    return np.stack(images), np.array([digit.label for _ in range(times) for digit in digits])


def as_drawn(digits: Sequence[PenDigit], random: Chance) -> Grey:
    """Return digits as the page prepares them, at sizes, places and pens by chance."""
    return np.stack([_image(_anywhere(digit.lines, random)) for digit in digits])


def at(digits: Sequence[PenDigit], size: float, place: tuple[float, float], pen: float) -> Grey:
    """Return digits as the page prepares them, all of one size at one place with one pen."""
    return np.stack([_image(pen_digits.on_canvas(digit.lines, size, place, pen)) for digit in digits])


def no_digits(
    count: int, kinds: Mapping[str, Callable[[Chance], Lines]], pens: Sequence[PenDigit], random: Chance
) -> Grey:
    """Return drawings that are no digits: of `kinds`, and, with `pens`, two digits side by side."""
    makers = list(kinds.values())
    made = []
    for k in range(count):
        pair = pens and k % (len(makers) + 1) == len(makers)
        lines = _two(pens, random) if pair else makers[k % len(makers)](random)
        made.append(_prepared(pen_digits.varied(lines, random), random))
    return np.stack(made)


def bent(part: tuple[Grey, Labels], random: Chance) -> tuple[Grey, Labels]:
    """Return pictures bent anew, with their labels."""
    return warp(part[0], random), part[1]


def _two(pens: Sequence[PenDigit], random: Chance) -> Lines:
    both = []
    for k in range(2):
        lines = pens[int(random.integers(len(pens)))].lines
        points = np.concatenate(lines)
        low, high = points.min(axis=0), points.max(axis=0)
        both += [(line - low) / max(*(high - low), 1) + (1.1 * k, 0) for line in lines]
    return tuple(both)


def _prepared(lines: Lines, random: Chance) -> Grey:
    drawing = _anywhere(lines, random)
    if random.random() < 0.5:  # other weights than the page's own, as MNIST has them, too
        drawing = drawing.drawn_with(drawing.extent * random.uniform(0.06, 0.2))
    else:
        drawing = weighed(drawing)
    found = prepare(drawing, switches=_AS_IT_IS)
    return found.image if found else np.zeros((28, 28), np.uint8)


def _anywhere(lines: Lines, random: Chance) -> Drawing:
    size = random.uniform(SMALLEST_INK, LARGEST_INK)
    place = (random.uniform(), random.uniform())
    return pen_digits.on_canvas(lines, size, place, PENS[random.integers(len(PENS))])


def _image(drawing: Drawing) -> Grey:
    found = prepare(drawing)
    assert found is not None, "a digit has ink"
    return found.image
