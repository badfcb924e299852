"""The card as an inline component: five pictures, and a switch under each step that can be left out."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.drawing.networks import Network
from core.drawing.prepare import Prepared, Switches
from core.experiment import choices
from core.experiment.choices import Scaling
from ui import messages, session
from ui.component import inline, payload

KEY = "steps"
_SWITCHES = "_draw_switches"
_SHOWN_SIDE = 140
"""Pixels of a large picture that are sent: more are not seen at the size it is shown."""
_IN_PIXELS = {"fitted", "image"}
"""The steps whose pictures are made of the input's pixels."""
_LEFT_OUT = {
    "weight": "redrawing the strokes",
    "crop": "cutting out",
    "fit": "keeping the shape",
    "smooth": "grey edges",
    "centre": "centring",
}
_component = inline(
    "layerlab_steps", __file__, '<section class="steps framed"></section>', "steps.css", "steps.js"
)


def switches() -> Switches:
    """Return which steps this session takes."""
    found: Switches = session.value(_SWITCHES, Switches())
    return found


def without(taken: Switches) -> str:
    """Return the steps that are left out as a sentence begins: `Without centring and grey edges`."""
    names = [_LEFT_OUT[name] for name, on in asdict(taken).items() if not on]
    if not names:
        return ""
    *most, last = names
    return f"Without {', '.join(most)}{' and ' if most else ''}{last}"


def show_steps(prepared: Prepared | None, network: Network, taken: Switches, now: str = "") -> None:
    """Draw the card; while nothing is drawn its pictures are empty.

    Args:
        prepared: The drawing after each step.
        network: Whose input it becomes.
        taken: The steps that are taken.
        now: What the answer is, where some are left out.
    """
    _component(
        key=KEY,
        data=payload({"steps": _steps(prepared, network, taken), "on": asdict(taken), "now": now}),
        on_switches_change=messages.guarded(_take),
    )


def _take() -> None:
    told = (session.value(KEY) or {}).get("switches")
    if isinstance(told, Mapping):
        named = {each.name for each in fields(Switches)}
        wanted = {name: bool(on) for name, on in told.items() if name in named}
        session.put(_SWITCHES, Switches(**wanted))


def _steps(prepared: Prepared | None, network: Network, taken: Switches) -> list[dict[str, Any]]:
    side = network.side
    box = round(side * 20 / 28)
    size = _size(prepared.fitted) if prepared else f"{box} × {box}"
    fitted = f"to {size} pixels" if taken.fit else f"stretched to {size} pixels"
    told = {
        "drawn": ("your drawing", "280 × 280 pixels"),
        "weighed": ("redrawn", "with strokes as heavy as MNIST's"),
        "cropped": ("cut out", "to the ink"),
        "fitted": ("fitted", fitted),
        "image": ("what it sees", _seen(network)),
    }
    return [
        {"name": name, "title": title, "words": words, "picture": ""}
        | (_picture(getattr(prepared, name), title, side if name in _IN_PIXELS else 0) if prepared else {})
        for name, (title, words) in told.items()
    ]


def _picture(image: NDArray[np.uint8], title: str, side: int) -> dict[str, Any]:
    """Return a picture; one in the input's pixels as large as it is in an input of that `side`."""
    height, width = image.shape
    whole = side or max(height, width)
    return {
        "picture": _png(image if side else _smaller(image)),
        "alt": f"{title}: {height} × {width} pixels",
        "grid": bool(side),
        "height": height / whole,
        "width": width / whole,
        "rows": height,
        "columns": width,
    }


def _seen(network: Network) -> str:
    used = choices.normalization(network.experiment.data.normalization)
    then = {
        Scaling.NOTHING: "raw, 0 to 255",
        Scaling.RANGE: "÷ 255: 0 to 1",
        Scaling.STATISTICS: "then (x − mean) / std",
    }[used.scaling]
    return f"{network.side} × {network.side} pixels, {then}"


def _size(image: NDArray[np.uint8]) -> str:
    height, width = image.shape
    return f"{height} × {width}"


def _smaller(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    times = -(-max(image.shape) // _SHOWN_SIDE)
    return np.asarray(Image.fromarray(image).reduce(times)) if times > 1 else image


def _png(image: NDArray[np.uint8]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
