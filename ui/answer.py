"""What a network makes of a drawing: the answer, and a bar for every class."""

from __future__ import annotations

import base64
import io
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from core.experiment.choices import Output
from core.experiment.dataset import DatasetInfo


def bars(outputs: list[float], info: DatasetInfo, meaning: Output) -> str:
    """Return the answer as HTML: the strongest class in large type, then one bar a class.

    Args:
        outputs: The network's output, one number a class.
        info: Names the classes.
        meaning: How its numbers can be read. Shares and yes-or-no answers are written as percent;
            any other numbers as they are, their bars reaching from the lowest to the highest.
    """
    best = int(np.argmax(outputs))
    plain = meaning is Output.NUMBERS
    low, high = (min(outputs), max(outputs)) if plain else (0.0, 1.0)
    spread = (high - low) or 1.0
    written = [f"{value:.2f}".replace("-", "−") if plain else f"{100 * value:.1f} %" for value in outputs]
    rows = "".join(
        f'<tr class="{"best" if index == best else ""}"><th scope="row">{escape(name)}</th>'
        f'<td class="track"><span style="width:{100 * min(max((value - low) / spread, 0), 1):.2f}%"></span>'
        f"</td><td>{written[index]}</td></tr>"
        for index, (name, value) in enumerate(zip(info.classes, outputs, strict=True))
    )
    return (
        f'<p class="ll-answer" role="status"><strong>{escape(info.classes[best])}</strong> '
        f"<span>is the strongest answer: {written[best]}</span></p>"
        f'<table class="ll-bars">{rows}</table>'
    )


def show_input(image: NDArray[np.uint8]) -> None:
    """Draw the image that the network gets, with its pixels visible."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    data = base64.b64encode(buffer.getvalue()).decode()
    height, width = image.shape
    st.html(
        f'<figure class="ll-seen"><img alt="The drawing as the network gets it" '
        f'src="data:image/png;base64,{data}"><figcaption class="ll-quiet">What the network gets: '
        f"cut out, fitted and centred, {height} × {width} pixels</figcaption></figure>"
    )
