"""Ask trained networks about one picture. For worker processes: it loads TensorFlow."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.drawing import networks
from core.drawing.models import Floats, Kept, graph, input_of, pixels_of, store
from core.errors import LayerLabError, RunNotFound

_LOG = logging.getLogger(__name__)
DETECTOR_SIDE = 28
"""Width and height of the pictures that the detector of digits takes."""


def predict(network_ids: list[str], image: str, side: int) -> dict[str, Any]:
    """Return what networks answer to one picture; one that can't answer spoils no other.

    Args:
        network_ids: `networks.READY` and ids of runs.
        image: Grey values, row by row, in base64; see `pixels_of`.
        side: Its width and height, pixels.

    Returns:
        `answers`: for each network its `outputs`, one number a class, or an `error` in words.
        `likeness`: how much the picture looks like a digit, 0 to 1; None where nobody can tell.

    Raises:
        NotDrawable: The picture did not arrive whole.
    """
    pixels = pixels_of(image, side)
    _ANSWERERS.forget_deleted()
    return {
        "answers": {network_id: _answer(network_id, pixels) for network_id in network_ids},
        "likeness": likeness(pixels),
    }


def _answer(network_id: str, pixels: NDArray[np.uint8]) -> dict[str, Any]:
    try:
        network = networks.find(store(), network_id)
        outputs = _ANSWERERS.get(network.path)(input_of(network, pixels))
    except LayerLabError as error:
        if isinstance(error, RunNotFound):
            _ANSWERERS.forget(store().home / "runs" / network_id)
        return {"error": str(error)}
    except Exception:
        _LOG.exception("the network %s could not be asked", network_id)
        return {
            "error": "This network's file can't be read, or can't be asked here; the terminal says why. "
            "Choose another one."
        }
    if not np.isfinite(outputs).all():
        return {
            "error": "This network gives no numbers: its weights have grown beyond all bounds in training. "
            "Train it again with a smaller learning rate."
        }
    return {"outputs": [float(value) for value in outputs]}


def likeness(pixels: NDArray[np.uint8]) -> float | None:
    """Return how much a picture looks like a digit, by the detector that comes with LayerLab.

    Args:
        pixels: Shape (side, side).

    Returns:
        0 to 1; None where there is no detector, or it does not take pictures of this size.
    """
    path = networks.READY_FOLDER / "detector.keras"
    if len(pixels) != DETECTOR_SIDE or not path.exists():
        return None
    try:
        return float(_ANSWERERS.get(path)(pixels.astype(np.float32)[..., None]).item())
    except Exception:
        _LOG.exception("the detector could not be asked")
        return None


def answerer(model: Any, network: object = None) -> Callable[[Floats], Floats]:
    """Return a function from an input, shape (height, width, channels), to outputs, shape (classes,)."""
    outputs = graph(model, batch=1)
    return lambda image: outputs(image[None])[0]


_ANSWERERS = Kept(answerer)


def warm() -> None:
    """Load what comes with LayerLab and ask it once, so that the first drawing need not wait."""
    network = networks.ready()
    try:
        if network is not None:
            blank = np.zeros((network.side, network.side), np.uint8)
            _ANSWERERS.get(network.path)(input_of(network, blank))
        likeness(np.zeros((DETECTOR_SIDE, DETECTOR_SIDE), np.uint8))
        store()
    except Exception:  # whoever asks is told
        _LOG.exception("the ready network could not be loaded")
