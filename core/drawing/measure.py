"""Ask a trained network about many pictures at once. For worker processes: it loads TensorFlow."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import own
from core.drawing import networks
from core.drawing.models import Floats, Kept, graph, store
from core.errors import NotDrawable, RunRefused

BATCH = 256
KEPT = 4
"""Networks that stay ready to be measured again, after a few more drawings."""


def measure(network_id: str, images: str, side: int) -> dict[str, Any]:
    """Return what a network answers to many pictures.

    Args:
        network_id: `networks.READY` or the id of a run.
        images: Grey values from 0 to 255 as bytes, picture after picture, row by row, in base64.
        side: Their width and height, pixels.

    Returns:
        `answers`: for each picture the strongest class; `outputs`: the network's number for it.

    Raises:
        NotDrawable: The pictures did not arrive whole, or the network takes others.
        RunNotFound: The run was deleted.
        RunRefused: It has no network to ask, or one whose numbers are none.
    """
    network = networks.find(store(), network_id)
    pixels = _pictures(images, side)
    if network.side != side:
        raise NotDrawable(
            f"{network.label} takes pictures of {network.side} × {network.side} pixels, "
            f"and yours have {side} × {side}."
        )
    outputs = _MEASURED.get(network.path)(pixels)
    if not np.isfinite(outputs).all():
        raise RunRefused(
            f"{network.label} gives no numbers: its weights have grown beyond all bounds in training. "
            "Choose another network."
        )
    answers = outputs.argmax(axis=1)
    strongest = outputs[np.arange(len(outputs)), answers]
    return {"answers": answers.tolist(), "outputs": [float(value) for value in strongest]}


def _pictures(images: str, side: int) -> NDArray[np.uint8]:
    try:
        raw = np.frombuffer(base64.b64decode(images, validate=True), np.uint8)
    except (binascii.Error, ValueError, TypeError) as error:
        raise NotDrawable("The pictures did not arrive whole. Measure once more.") from error
    if side < 1 or not raw.size or raw.size % side**2 or raw.size > own.MOST * side**2:
        raise NotDrawable(f"1 to {own.MOST:,} whole pictures can be measured at once.")
    return raw.reshape(-1, side, side)


def _answerer(model: Any, network: object = None) -> Callable[[NDArray[np.uint8]], Floats]:
    outputs = graph(model)

    def answer(pixels: NDArray[np.uint8]) -> Floats:
        parts = [pixels[at : at + BATCH] for at in range(0, len(pixels), BATCH)]
        return np.concatenate([outputs(part[..., None].astype(np.float32)) for part in parts])

    return answer


_MEASURED = Kept(_answerer, KEPT)
