"""Digits of our own hands, for tests: strokes as places of a pen, y down, in a box about 100 high."""

from __future__ import annotations

import itertools

import numpy as np

from core.drawing.making.pen_digits import PenDigit


def _curve(*points: tuple[float, float]) -> np.ndarray:
    """Return a smooth way through points (Catmull & Rom, 1974), as dense as a pen leaves it."""
    at = np.array([points[0], *points, points[-1]], float)
    t = np.linspace(0, 1, 8, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(at, at[1:], at[2:], at[3:], strict=False)
    ]
    return np.vstack([*pieces, at[-1:]])


def _line(*points: tuple[float, float]) -> np.ndarray:
    """Return straight pieces between points, as dense as a pen leaves them."""
    at = np.array(points, float)
    pieces = [np.linspace(a, b, 8, endpoint=False) for a, b in itertools.pairwise(at)]
    return np.vstack([*pieces, at[-1:]])


DIGITS = [
    PenDigit(
        (_curve((36, 2), (12, 22), (6, 55), (18, 90), (40, 98), (62, 80), (66, 45), (56, 12), (36, 2)),), 0
    ),
    PenDigit((_line((20, 22), (40, 2), (40, 50), (38, 99)),), 1),
    PenDigit(
        (_curve((8, 24), (22, 4), (48, 4), (58, 24), (46, 52), (24, 76), (6, 97), (34, 94), (66, 96)),), 2
    ),
    PenDigit(
        (
            _curve(
                (8, 12),
                (30, 2),
                (54, 10),
                (54, 32),
                (34, 46),
                (28, 48),
                (54, 58),
                (60, 80),
                (36, 98),
                (6, 88),
            ),
        ),
        3,
    ),
    PenDigit((_line((44, 2), (8, 62), (68, 62)), _line((50, 34), (48, 99))), 4),
    PenDigit(
        (
            np.vstack(
                [
                    _line((16, 4), (12, 44)),
                    _curve((12, 44), (34, 38), (56, 50), (60, 74), (42, 96), (18, 96), (6, 86)),
                ]
            ),
            _line((16, 4), (58, 3)),
        ),
        5,
    ),
    PenDigit(
        (
            _curve(
                (50, 2),
                (26, 20),
                (10, 52),
                (10, 82),
                (30, 98),
                (54, 86),
                (56, 62),
                (36, 52),
                (14, 66),
                (11, 78),
            ),
        ),
        6,
    ),
    PenDigit((_line((6, 6), (34, 5), (62, 4), (44, 46), (26, 98)),), 7),
    PenDigit(
        (
            _curve(
                (52, 14),
                (32, 2),
                (12, 16),
                (20, 36),
                (44, 54),
                (56, 76),
                (36, 98),
                (12, 84),
                (18, 62),
                (44, 42),
                (54, 18),
            ),
        ),
        8,
    ),
    PenDigit(
        (_curve((54, 22), (36, 4), (12, 14), (10, 38), (30, 48), (50, 36), (55, 16), (54, 50), (48, 98)),),
        9,
    ),
]
"""One of each, in order."""
