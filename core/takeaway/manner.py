"""MNIST's manner as a program brings it along: pictures come out as LayerLab's own, bit for bit."""

from __future__ import annotations

AS_MNIST = '''\
def weights(length, wanted):
    """Return how much each of `length` pixels counts in each of `wanted` (Lanczos)."""
    scale = length / wanted
    middles = (np.arange(wanted)[:, None] + 0.5) * scale
    away = (np.arange(length) + 0.5 - middles) / max(scale, 1)
    shares = np.where(abs(away) < 3, np.sinc(away) * np.sinc(away / 3), 0)
    return np.round(2**22 * shares / shares.sum(axis=1, keepdims=True)).astype(int)


def resized(ink, height, width):
    """Return a picture in another size with grey edges, as Pillow makes it."""
    across = np.clip((ink @ weights(ink.shape[1], width).T + 2**21) >> 22, 0, 255)
    return np.clip((weights(ink.shape[0], height) @ across + 2**21) >> 22, 0, 255)


def as_mnist(ink):
    """Return ink (0 is paper, 255 is black) as MNIST holds it.

    Cut out, its longer side 20 pixels, its centre of mass in the middle of 28 × 28.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return np.zeros((28, 28), "uint8")
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(int)
    scale = 20 / max(ink.shape)
    ink = resized(ink, *(max(1, round(side * scale)) for side in ink.shape))
    height, width = ink.shape
    row = ink.sum(axis=1) @ (np.arange(height) + 0.5) / ink.sum()
    column = ink.sum(axis=0) @ (np.arange(width) + 0.5) / ink.sum()
    top = min(max(round(14 - row), 0), 28 - height)
    left = min(max(round(14 - column), 0), 28 - width)
    placed = np.zeros((28, 28), "uint8")
    placed[top : top + height, left : left + width] = ink
    return placed\
'''
"""Functions of NumPy alone; `core.data.mnist_manner` is the same with Pillow."""
