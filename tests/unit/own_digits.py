"""Handwriting for tests: each digit as strokes, a little different every time."""

from __future__ import annotations

import math

import numpy as np

from core.drawing.handwriting import Sample, sample
from core.drawing.strokes import PENS, Drawing, Point, Stroke

_ARC = [(math.sin(t / 4), -math.cos(t / 4)) for t in range(26)]
_SHAPES: tuple[tuple[tuple[Point, ...], ...], ...] = (
    (tuple((0.55 * x, 0.9 * y) for x, y in _ARC),),
    (((-0.2, -0.6), (0.05, -0.9), (0.05, 0.9)),),
    (((-0.5, -0.5), (-0.1, -0.9), (0.4, -0.7), (0.4, -0.2), (-0.5, 0.9), (0.6, 0.9)),),
    (
        ((-0.5, -0.9), (0.4, -0.9), (0.5, -0.4), (-0.1, -0.1)),
        ((-0.1, -0.1), (0.5, 0.2), (0.4, 0.8), (-0.5, 0.9)),
    ),
    (((-0.1, -0.9), (-0.5, 0.2), (0.5, 0.2)), ((0.3, -0.3), (0.2, 0.9))),
    (((0.5, -0.9), (-0.4, -0.9), (-0.4, -0.1), (0.2, -0.1), (0.5, 0.4), (0.2, 0.9), (-0.5, 0.9)),),
    (((0.3, -0.9), (-0.3, -0.2), (-0.4, 0.6), (0.1, 0.9), (0.4, 0.5), (0.1, 0.1), (-0.4, 0.4)),),
    (((-0.5, -0.9), (0.5, -0.9), (-0.1, 0.9)),),
    ((*((0.4 * x, 0.4 * y - 0.5) for x, y in _ARC), *((-0.5 * x, -0.45 * y + 0.4) for x, y in _ARC)),),
    ((*((0.4 * x, 0.4 * y - 0.5) for x, y in _ARC), (0.4, -0.5), (0.3, 0.9)),),
)


def digit(label: int, number: int = 0) -> Drawing:
    """Return a drawing of a digit; another `number` is another hand's."""
    random = np.random.default_rng([label, number])
    size, slant = random.uniform(60, 110), random.normal(0, 0.12)
    x_middle, y_middle = random.uniform(120, 160, 2)

    def place(x: float, y: float) -> Point:
        wobble = random.normal(0, 0.03, 2)
        across, down = x + slant * -y + wobble[0], y + wobble[1]
        return float(x_middle + size * across), float(y_middle + size * down)

    pen = PENS[number % len(PENS)]
    return Drawing(tuple(Stroke(tuple(place(x, y) for x, y in way), pen) for way in _SHAPES[label]))


def drawn(each: int = 4, labels: range = range(10)) -> list[Sample]:
    """Return labelled drawings, `each` of every digit, added one second after the other."""
    wanted = [(label, number) for number in range(each) for label in labels]
    return [sample(digit(*one), one[0], added=1_000.0 + at) for at, one in enumerate(wanted)]
