"""Digits that real people wrote with a pen, put onto the canvas in many ways.

The strokes are those of Alpaydin & Alimoglu, Pen-Based Recognition of Handwritten Digits, UCI 1998,
CC BY 4.0: 7,494 digits of 30 writers, one writer after the other, in a box of 500 × 500, y down.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.drawing.strokes import SIDE, Drawing, Stroke

Lines = tuple[NDArray[np.float64], ...]
"""Strokes as places of the pen, each of shape (points, 2)."""


@dataclass(frozen=True)
class PenDigit:
    """One written digit.

    Attributes:
        lines: Its strokes, in a unit of their own.
        label: Which digit it is.
    """

    lines: Lines
    label: int


def read(path: Path) -> list[PenDigit]:
    """Return the digits of a file, in the writers' order."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found = json.load(file)
    return [
        PenDigit(tuple(np.array(line, float) for line in each["strokes"]), each["label"]) for each in found
    ]


def varied(lines: Lines, random: np.random.Generator) -> Lines:
    """Return the strokes as another hand might have written them: turned, slanted, widened, shaken."""
    turn, slant = random.normal(0, 0.10), random.normal(0, 0.15)
    widen = np.exp(random.normal(0, 0.12))
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix = np.array([[cosine, -sine], [sine, cosine]]) @ np.array([[widen, slant], [0.0, 1.0]])
    low, high = _box(lines)
    extent = max(*(high - low), 1.0)
    bend = random.normal(0, 0.03, (2, 2, 2))  # a smooth wave for each axis
    phase = random.uniform(0, 2 * np.pi, (2, 2))
    made = []
    for line in lines:
        at = (line - low) / extent
        waves = [
            sum(bend[axis, k] @ np.sin(np.pi * (k + 1) * at + phase[axis, k]).T for k in range(2))
            for axis in range(2)
        ]
        own = random.normal(0, 0.015, 2)  # strokes don't always meet
        made.append((at + np.stack(waves, axis=1) + own) @ matrix.T)
    return tuple(made)


def on_canvas(lines: Lines, size: float, place: tuple[float, float], pen: float) -> Drawing:
    """Return the strokes as the canvas would have them.

    Args:
        lines: In any unit.
        size: Longer side of the ink, pen included, in pixels of the canvas.
        place: Where it stands in the room that is left: (0, 0) is the upper left corner, (1, 1) the
            lower right.
        pen: Width of the pen in pixels of the canvas.
    """
    low, high = _box(lines)
    extent = max(*(high - low), 1e-9)
    scale = max(size - pen, 1.0) / extent
    ink = (high - low) * scale + pen
    corner = (SIDE - ink) * np.array(place) + pen / 2
    # a mouse knows whole pixels only
    return Drawing(tuple(Stroke(_smoothed(np.round((line - low) * scale + corner)), pen) for line in lines))


def _smoothed(points: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """Return a line as the canvas smooths it: curves between the middles of neighbouring places."""
    moved = np.ones(len(points), bool)
    moved[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
    at = points[moved]
    if len(at) < 3:
        return tuple((float(x), float(y)) for x, y in at)
    middles = (at[:-1] + at[1:]) / 2
    starts = np.vstack([at[:1], middles[:-1]])
    curves = [
        (1 - t) ** 2 * starts + 2 * t * (1 - t) * at[:-1] + t**2 * middles for t in (0.25, 0.5, 0.75, 1.0)
    ]
    way = np.vstack([at[:1], np.stack(curves, axis=1).reshape(-1, 2), at[-1:]])
    return tuple((float(x), float(y)) for x, y in way)


def _box(lines: Lines) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points = np.concatenate(lines)
    return points.min(axis=0), points.max(axis=0)
