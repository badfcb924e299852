"""The picker as an inline component: a grid of pictures, one of which the network is asked about."""

from __future__ import annotations

import base64
import threading
from collections import OrderedDict
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.drawing.networks import Network
from core.errors import WorkerLost
from ui import messages, server, session
from ui.component import inline, payload

KEY = "samples"
COUNT = 20
MOST_SECONDS = 60.0
SETS_KEPT = 32
_SEED, _CHOSEN = "_samples_seed", "_samples_chosen"
_LOCK = threading.Lock()
_sets: OrderedDict[tuple[str, int], dict[str, Any]] = OrderedDict()
"""Pictures that were drawn from a test set, for the whole server: everybody begins with the same ones."""
_component = inline(
    "layerlab_samples", __file__, '<section class="samples"></section>', "samples.css", "samples.js"
)


def show_samples(network: Network) -> NDArray[np.uint8] | None:
    """Draw the picker, and what the chosen picture really shows.

    Args:
        network: Who is to be asked; the pictures are of the test set that it has never learned from.

    Returns:
        The chosen picture, shape (side, side); None where there is none.

    Raises:
        DataUnavailable: The data set is not on this machine.
        DataRefused: Its file is damaged.
        NotDrawable: It has no square grey pictures.
        WorkerLost: Nobody answers.
    """
    info = network.info
    seed = int(session.value(_SEED, 0))
    found = _drawn(info.name, seed)
    count = len(found["images"])
    if not count:
        return None
    chosen = min(int(session.value(_CHOSEN, 0)), count - 1)
    _component(
        key=KEY,
        data=payload(
            {
                "side": network.side,
                "images": found["images"],
                "classes": [info.classes[label] for label in found["labels"]],
                "chosen": chosen,
                "set": f"{info.name}-{seed}",
                "noun": info.noun,
                "from": info.label,
            }
        ),
        on_choose_change=messages.guarded(_take),
    )
    image = np.frombuffer(base64.b64decode(found["images"][chosen]), np.uint8)
    return image.reshape(network.side, network.side)


def _take() -> None:
    asked = (session.value(KEY) or {}).get("choose")
    if asked == "others":
        session.put(_SEED, int(session.value(_SEED, 0)) + 1)
        session.put(_CHOSEN, 0)
    elif isinstance(asked, int) and 0 <= asked < COUNT:
        session.put(_CHOSEN, asked)


def _drawn(dataset: str, seed: int) -> dict[str, Any]:
    with _LOCK:
        if (dataset, seed) in _sets:
            return _sets[dataset, seed]
    future = server.workers().call("samples", dataset=dataset, count=COUNT, seed=seed)
    with st.spinner("Reading the test set …"):
        try:
            found: dict[str, Any] = future.result(timeout=MOST_SECONDS)
        except TimeoutError:
            raise WorkerLost("The test set was not read within a minute: the machine is busy.") from None
    with _LOCK:
        while len(_sets) >= SETS_KEPT:
            _sets.popitem(last=False)
        _sets[dataset, seed] = found
    return found
