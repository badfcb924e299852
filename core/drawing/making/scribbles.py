"""Drawings that are no digits, made by chance: what the detector learns to turn away.

Some kinds are kept apart from its training; they say how it does on what it has never seen.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.drawing.making.pen_digits import Lines

Chance = np.random.Generator
_LETTERS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "A": (((0, 1), (0.5, 0), (1, 1)), ((0.2, 0.6), (0.8, 0.6))),
    "E": (((1, 0), (0, 0), (0, 1), (1, 1)), ((0, 0.5), (0.8, 0.5))),
    "F": (((1, 0), (0, 0), (0, 1)), ((0, 0.5), (0.7, 0.5))),
    "H": (((0, 0), (0, 1)), ((1, 0), (1, 1)), ((0, 0.5), (1, 0.5))),
    "J": (((0.8, 0), (0.8, 0.8), (0.6, 1), (0.2, 1), (0, 0.75)),),
    "K": (((0, 0), (0, 1)), ((1, 0), (0, 0.5), (1, 1))),
    "L": (((0, 0), (0, 1), (0.8, 1)),),
    "M": (((0, 1), (0, 0), (0.5, 0.6), (1, 0), (1, 1)),),
    "N": (((0, 1), (0, 0), (1, 1), (1, 0)),),
    "P": (((0, 1), (0, 0), (0.7, 0), (0.9, 0.25), (0.7, 0.5), (0, 0.5)),),
    "R": (((0, 1), (0, 0), (0.7, 0), (0.9, 0.25), (0.7, 0.5), (0, 0.5), (0.9, 1)),),
    "T": (((0, 0), (1, 0)), ((0.5, 0), (0.5, 1))),
    "U": (((0, 0), (0, 0.8), (0.25, 1), (0.75, 1), (1, 0.8), (1, 0)),),
    "V": (((0, 0), (0.5, 1), (1, 0)),),
    "W": (((0, 0), (0.25, 1), (0.5, 0.4), (0.75, 1), (1, 0)),),
    "X": (((0, 0), (1, 1)), ((1, 0), (0, 1))),
}


def _line(*points: Sequence[float]) -> NDArray[np.float64]:
    """Return a polygon's way with places every tenth of its longest piece, as a pen leaves them."""
    corners = np.array(points, float)
    pieces = [np.linspace(a, b, 10, endpoint=False) for a, b in itertools.pairwise(corners)]
    return np.vstack([*pieces, corners[-1:]])


def _walk(random: Chance) -> Lines:
    """A pen that wanders."""
    turns = np.cumsum(random.normal(0, 0.7, random.integers(40, 160)))
    steps = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return (np.cumsum(steps, axis=0),)


def _zigzag(random: Chance) -> Lines:
    count = int(random.integers(4, 11))
    down = np.arange(count) / count * random.uniform(0.3, 1)
    return (_line(*[(k % 2 + random.normal(0, 0.08), down[k]) for k in range(count)]),)


def _straight_lines(random: Chance) -> Lines:
    return tuple(_line(*random.uniform(0, 1, (2, 2))) for _ in range(random.integers(3, 8)))


def _level_line(random: Chance) -> Lines:
    """A line that lies: no 1."""
    return (_line((0, 0), (1, random.uniform(-0.5, 0.5))),)


def _polygon(random: Chance) -> Lines:
    count = int(random.integers(3, 6))
    around = np.linspace(0, 2 * np.pi, count + 1) + random.uniform(0, 2 * np.pi)
    return (_line(*[(np.cos(a), np.sin(a)) for a in around]),)


def _wave(random: Chance) -> Lines:
    at = np.linspace(0, 1, 80)
    return (
        np.stack([at, random.uniform(0.08, 0.3) * np.sin(2 * np.pi * random.uniform(2, 6) * at)], axis=1),
    )


def _grid(random: Chance) -> Lines:
    count = int(random.integers(1, 4))
    places = np.linspace(0, 1, count + 2)[1:-1]
    across = tuple(_line((0, p), (1, p)) for p in places)
    return across + tuple(_line((p, 0), (p, 1)) for p in places)


def _dots(random: Chance) -> Lines:
    return tuple(random.uniform(0, 1, (1, 2)) for _ in range(random.integers(2, 9)))


def _filled(random: Chance) -> Lines:
    """A patch that was filled to and fro."""
    count = int(random.integers(12, 30))
    down = np.linspace(0, random.uniform(0.4, 1), count)
    return (_line(*[(k % 2 + random.normal(0, 0.05), down[k]) for k in range(count)]),)


def _smooth_curve(random: Chance) -> Lines:
    """A pen that swings through places of chance."""
    knots = random.uniform(0, 1, (int(random.integers(5, 10)), 2))
    t = np.linspace(0, len(knots) - 1, 120)
    bells = np.exp(-((t[:, None] - np.arange(len(knots))) ** 2))
    return ((bells / bells.sum(axis=1, keepdims=True)) @ knots,)


def _arcs(random: Chance) -> Lines:
    return tuple(_arc(random, turn=random.uniform(0.5, 1.6)) for _ in range(random.integers(2, 5)))


def _loops(random: Chance) -> Lines:
    """Rings over each other."""
    return tuple(_arc(random, turn=2.05) for _ in range(random.integers(2, 5)))


def _arc(random: Chance, turn: float) -> NDArray[np.float64]:
    around = random.uniform(0, 2 * np.pi) + np.linspace(0, turn * np.pi, 40)
    radii, middle = random.uniform(0.2, 0.6, 2), random.uniform(0, 1, 2)
    return np.stack([np.cos(around), np.sin(around)], axis=1) * radii + middle


def _letters(names: str) -> Callable[[Chance], Lines]:
    def drawn(random: Chance) -> Lines:
        letter = _LETTERS[names[random.integers(len(names))]]
        return tuple(_line(*line) for line in letter)

    return drawn


def _spiral(random: Chance) -> Lines:
    turns = np.linspace(0, 2 * np.pi * random.uniform(2.2, 4), 120)
    return (np.stack([turns * np.cos(turns), turns * np.sin(turns)], axis=1),)


def _star(random: Chance) -> Lines:
    around = np.arange(6) * 4 * np.pi / 5 + random.normal(0, 0.1)
    return (_line(*[(np.cos(a), np.sin(a)) for a in around]),)


def _heart(random: Chance) -> Lines:
    t = np.linspace(0, 2 * np.pi, 60)
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return (np.stack([16 * np.sin(t) ** 3, y], axis=1),)


def _face(random: Chance) -> Lines:
    t, smile = np.linspace(0, 2 * np.pi, 50), np.linspace(0.2 * np.pi, 0.8 * np.pi, 15)
    head = np.stack([np.cos(t), np.sin(t)], axis=1)
    mouth = 0.6 * np.stack([np.cos(smile), np.sin(smile)], axis=1)
    return (head, np.array([[-0.35, -0.3]]), np.array([[0.35, -0.3]]), mouth)


def _house(random: Chance) -> Lines:
    return (_line((0, 1), (0, 0.4), (0.5, 0), (1, 0.4), (1, 1), (0, 1)), _line((0, 0.4), (1, 0.4)))


KINDS: dict[str, Callable[[Chance], Lines]] = {
    "wandering line": _walk,
    "zigzag": _zigzag,
    "straight lines": _straight_lines,
    "level line": _level_line,
    "polygon": _polygon,
    "wave": _wave,
    "grid": _grid,
    "dots": _dots,
    "filled patch": _filled,
    "smooth curve": _smooth_curve,
    "arcs": _arcs,
    "rings": _loops,
    "letters": _letters("AEFHJLNPTUW"),
}
KEPT_APART: dict[str, Callable[[Chance], Lines]] = {
    "spiral": _spiral,
    "star": _star,
    "heart": _heart,
    "face": _face,
    "house": _house,
    "other letters": _letters("KMRVX"),
}
