"""Bend many small pictures at once, each in a way of its own: turned, slanted, scaled, moved, and rippled.

Simard, Steinkraus & Platt, Best Practices for Convolutional Neural Networks (2003), section 2: affine and
elastic distortions are what helps most on MNIST.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PIECE = 2_048
_KNOTS = 5
"""Places along each side where a ripple is drawn by chance; between them it is interpolated."""


def warp(images: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """Return pictures bent by chance.

    Args:
        images: Grey values, shape (n, side, side).
        random: Where chance comes from.

    Returns:
        Shape and type of `images`.
    """
    pieces = [_warped(images[k : k + _PIECE], random) for k in range(0, len(images), _PIECE)]
    return np.concatenate(pieces)


def _warped(images: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    count, side, _ = images.shape
    middle = (side - 1) / 2
    steps = np.arange(side, dtype=np.float32) - middle
    matrices, moves = _affine(count, random)
    ripples = _ripples(count, side, random)
    down = matrices[:, 0, 0, None, None] * steps[:, None] + matrices[:, 0, 1, None, None] * steps
    across = matrices[:, 1, 0, None, None] * steps[:, None] + matrices[:, 1, 1, None, None] * steps
    down += middle + moves[:, 0, None, None] + ripples[:, 0]
    across += middle + moves[:, 1, None, None] + ripples[:, 1]
    return _read_at(images, down, across)


def _affine(count: int, random: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    turn = random.normal(0, 0.12, count)
    slant = random.normal(0, 0.12, count)
    tall, wide = np.exp(random.normal(0, 0.07, (2, count)))
    cosine, sine = np.cos(turn), np.sin(turn)
    matrices = np.empty((count, 2, 2), np.float32)
    matrices[:, 0, 0], matrices[:, 0, 1] = cosine * tall, -sine * wide
    matrices[:, 1, 0], matrices[:, 1, 1] = (sine + slant) * tall, cosine * wide
    return matrices, random.normal(0, 0.8, (count, 2)).astype(np.float32)


def _ripples(count: int, side: int, random: np.random.Generator) -> NDArray[np.float32]:
    knots = random.normal(0, 0.7, (count, 2, _KNOTS, _KNOTS)).astype(np.float32)
    between = _interpolation(side)
    return (between @ knots @ between.T).astype(np.float32, copy=False)


def _interpolation(side: int) -> NDArray[np.float32]:
    """Return the weights, shape (side, knots), by which a line of knots becomes a smooth line of pixels."""
    at = np.linspace(0, _KNOTS - 1, side)[:, None] - np.arange(_KNOTS)
    bells: NDArray[np.float32] = np.exp(-(at**2)).astype(np.float32)
    found: NDArray[np.float32] = np.divide(bells, bells.sum(axis=1, keepdims=True), dtype=np.float32)
    return found


def _read_at(
    images: NDArray[np.uint8], down: NDArray[np.float32], across: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return the pictures read at places between pixels; beyond the edge is paper."""
    side = images.shape[1]
    padded = np.pad(images, ((0, 0), (1, 2), (1, 2)))
    down, across = np.clip(down + 1, 0, side + 1), np.clip(across + 1, 0, side + 1)
    top, left = down.astype(np.int32), across.astype(np.int32)
    low, right = down - top, across - left
    flat, width = padded.reshape(len(images), -1), side + 3
    start = (top * width + left).reshape(len(images), -1)
    corners = [
        np.take_along_axis(flat, start + offset, axis=1).reshape(down.shape).astype(np.float32)
        for offset in (0, 1, width, width + 1)
    ]
    upper = corners[0] * (1 - right) + corners[1] * right
    lower = corners[2] * (1 - right) + corners[3] * right
    found: NDArray[np.uint8] = np.round(upper * (1 - low) + lower * low).astype(np.uint8)
    return found
