"""Figures as sentences write them."""

from __future__ import annotations

LEAST, MOST = 0.001, 1e6
"""Beyond these a loss is only said to be small or large: its digits tell nobody anything."""


def loss(value: float) -> str:
    """Return a loss in three digits: `0.0243`, `77,800`."""
    if value < LEAST:
        return "less than 0.001"
    if value >= MOST:
        return "more than a million"
    return f"{float(f'{value:.3g}'):,.10g}"


def share(value: float) -> str:
    """Return a share of 1: `98.6 %`."""
    return f"{100 * value:.1f} %"


def epochs(count: int) -> str:
    """Return a number of epochs: `1 epoch`, `12 epochs`."""
    return f"{count:,} epoch{'' if count == 1 else 's'}"


def went(before: float, now: float) -> str:
    """Return how a loss went: `fell from 0.12 to 0.03`, `stayed at 2.3`."""
    if loss(before) == loss(now):
        return f"stayed at {loss(now)}"
    return f"{'fell' if now < before else 'rose'} from {loss(before)} to {loss(now)}"
