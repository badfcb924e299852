"""What layers gave for one picture, as small grey pictures."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.experiment.shapes import Step

MOST_TILES = 32
"""Channels of a layer that are shown."""
FEWEST_TILES = 4
LARGEST_TILE = 64
"""Pixels a side: of larger ones every second, third, … is shown."""
MOST_NEURONS = 1_024
BYTES = 500_000
"""About so many pixels are shown in all: they travel to the browser after every stroke."""
_ROW = 64
"""Neurons in a row of their tile."""

Values = NDArray[np.float32]


def told_of(steps: Sequence[Step]) -> Iterator[tuple[Step, str]]:
    """Return the layers that do something to a picture, in the order of their outputs.

    A block follows what it holds. Dropout, noise and random changes of the picture do nothing once a
    network is trained.

    Returns:
        Each with the name of the block that it stands in; empty in the stack itself.
    """
    yield from _told_of(steps, "")


def _told_of(steps: Sequence[Step], block: str) -> Iterator[tuple[Step, str]]:
    for step in steps:
        for branch in step.branches:
            yield from _told_of(branch, step.layer.name)
        if not step.layer.random:
            yield step, block


def pictured(layers: Sequence[tuple[Step, str]], values: Mapping[str, Values]) -> list[dict[str, Any]]:
    """Return layers with what they gave, as JSON values.

    Args:
        layers: As `told_of` gives them.
        values: What each gave for one picture, by its name.

    Returns:
        Of each layer: `name`, `kind`, `block`, `shape`; `low` and `high`, between which its values lie;
        `tiles`: its channels, those with the largest mean first, as bytes 0 (low) to 255 (high), one
        tile of size `tile` (height, width) after the other, in base64; how many channels there are
        (`count`) and how many are `shown`. Of a row of numbers: one tile, whose last row may be
        longer than what is shown; `count` and `shown` are neurons. `flat` tells the two apart.
    """
    each = BYTES // max(1, len(layers))
    told = []
    for step, block in layers:
        layer, given = step.layer, values[step.layer.name]
        about = {"name": layer.name, "kind": layer.kind(), "block": block, "shape": list(given.shape)}
        told.append(about | _tiles(given, each))
    return told


def _tiles(values: Values, most_bytes: int) -> dict[str, Any]:
    values = np.nan_to_num(values, posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    spread = high - low
    scaled = (255 * ((values - low) / spread)) if spread > 0 else np.zeros_like(values)
    shades = np.round(scaled).astype(np.uint8)
    told = _row(shades) if values.ndim == 1 else _planes(shades, values, most_bytes)
    return {"low": low, "high": high, **told}


def _row(shades: NDArray[np.uint8]) -> dict[str, Any]:
    shown = min(len(shades), MOST_NEURONS)
    wide = min(shown, _ROW)
    tall = -(-shown // wide)
    tile = np.zeros(tall * wide, np.uint8)
    tile[:shown] = shades[:shown]
    return {
        "flat": True,
        "tile": [tall, wide],
        "count": len(shades),
        "shown": shown,
        "tiles": base64.b64encode(tile.tobytes()).decode(),
    }


def _planes(shades: NDArray[np.uint8], values: Values, most_bytes: int) -> dict[str, Any]:
    planes = shades.reshape(shades.shape[0], -1, shades.shape[-1] if shades.ndim > 2 else 1)
    means = values.reshape(planes.shape).mean(axis=(0, 1))
    thinner = max(1, -(-max(planes.shape[:2]) // LARGEST_TILE))
    planes = planes[::thinner, ::thinner]
    tall, wide, count = planes.shape
    fitting = min(MOST_TILES, max(FEWEST_TILES, most_bytes // (tall * wide)))
    order = np.argsort(-means, kind="stable")[:fitting]
    tiles = np.ascontiguousarray(planes[..., order].transpose(2, 0, 1))
    return {
        "flat": False,
        "tile": [tall, wide],
        "count": count,
        "shown": len(order),
        "thinned": thinner,
        "tiles": base64.b64encode(tiles.tobytes()).decode(),
    }
