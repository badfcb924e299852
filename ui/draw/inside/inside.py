"""The card as an inline component: which pixels speak for a class, and what each layer gives.

While it is closed no worker is asked.
"""

from __future__ import annotations

import base64
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.drawing.networks import Network
from core.errors import LayerLabError, WorkerLost
from core.experiment.choices import Output
from core.experiment.layer import CATALOG
from ui import messages, server, session
from ui.component import inline, payload

KEY = "inside"
PATIENCE = 0.25
"""Seconds that the page waits before it lets the pen go on; what is ready in time shows at once."""
TICK = 0.3
MOST_SECONDS = 60.0
_OPEN, _TARGET, _LOOK = "_inside_open", "_inside_target", "_inside_look"
_component = inline(
    "layerlab_inside",
    __file__,
    '<section class="inside framed"></section>',
    "inside.css",
    *("inside.js", "maps.js", "layers.js"),
)


@dataclass
class _Look:
    """What a worker was asked.

    Attributes:
        question: The network, the picture and the class: another one is another look.
        future: The worker's answer.
        begun: When it was asked, on the monotonic clock.
    """

    question: tuple[str, bytes, int | None]
    future: Future[Any]
    begun: float = field(default_factory=time.monotonic)


def show_inside(network: Network, image: NDArray[np.uint8] | None, target: int | None = None) -> None:
    """Draw the card.

    Args:
        network: Into which one is looked.
        image: What it reads, shape (side, side); None where nothing is drawn.
        target: Number of the class that is explained until a person chooses another; None for the
            strongest.
    """
    is_open = bool(session.value(_OPEN))
    chosen = _chosen(network)
    told: dict[str, Any] = {"open": is_open, "chosen": chosen, "classes": network.info.classes}
    look = None
    with messages.boundary():
        if is_open and image is not None:
            look = _looked(network, image, target if chosen is None else chosen)
            told |= _told(network, image, look)
    _component(key=KEY, data=payload(told), on_asked_change=messages.guarded(_take))
    if look is not None and not look.future.done():
        _wait_for(look)


def _chosen(network: Network) -> int | None:
    """Return the class that a person has chosen, where this network has it."""
    chosen = session.value(_TARGET)
    return chosen if isinstance(chosen, int) and 0 <= chosen < network.info.outputs else None


def _take() -> None:
    asked = (session.value(KEY) or {}).get("asked")
    if not isinstance(asked, dict):
        return
    if "open" in asked:
        session.put(_OPEN, bool(asked["open"]))
    if "target" in asked:
        wanted = asked["target"]
        session.put(_TARGET, wanted if isinstance(wanted, int) else None)


def _looked(network: Network, image: NDArray[np.uint8], target: int | None) -> _Look:
    question = (network.id, image.tobytes(), target)
    look: _Look | None = session.value(_LOOK)
    if look is None or look.question != question:
        text = base64.b64encode(question[1]).decode()
        future = server.workers().call(
            "inside", network=network.id, image=text, side=len(image), target=target
        )
        look = _Look(question, future)
        session.put(_LOOK, look)
    return look


def _told(network: Network, image: NDArray[np.uint8], look: _Look) -> dict[str, Any]:
    """Return what the card shows of a look, as JSON values; nothing new while it is under way.

    Raises:
        LayerLabError: It can't be looked into.
    """
    try:
        found: dict[str, Any] = look.future.result(timeout=PATIENCE)
    except TimeoutError:
        if time.monotonic() - look.begun > MOST_SECONDS:
            session.put(_LOOK, None)
            raise WorkerLost("Nothing came back for a minute: the machine is busy. Draw again.") from None
        return {"waiting": True}
    except LayerLabError:
        session.put(_LOOK, None)  # whoever draws again asks again
        raise
    meaning = network.meaning
    layers = [each | {"summary": CATALOG[each["kind"]].summary} for each in found["layers"]]
    return found | {
        "layers": layers,
        "side": len(image),
        "image": base64.b64encode(image.tobytes()).decode(),
        "noun": network.info.noun,
        "shares": meaning is not Output.NUMBERS,
        "word": "share" if meaning is Output.SHARES else "number",
    }


@st.fragment(run_every=TICK)
def _wait_for(look: _Look) -> None:
    """Draw the page anew once the worker has answered."""
    if look.future.done() or time.monotonic() - look.begun > MOST_SECONDS:
        st.rerun()
