"""What a network makes of a drawing: the answer, and a bar for every class."""

from __future__ import annotations

import base64
import io
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from core.experiment.dataset import DatasetInfo


def bars(shares: list[float], info: DatasetInfo) -> str:
    """Return the answer as HTML: the strongest class in large type, then one bar a class.

    Args:
        shares: The network's output, one number a class.
        info: Names the classes.
    """
    best = int(np.argmax(shares))
    rows = "".join(
        f'<tr class="{"best" if index == best else ""}"><th scope="row">{escape(name)}</th>'
        f'<td class="track"><span style="width:{100 * min(max(share, 0.0), 1.0):.2f}%"></span></td>'
        f"<td>{100 * share:.1f} %</td></tr>"
        for index, (name, share) in enumerate(zip(info.classes, shares, strict=True))
    )
    return (
        f'<p class="ll-answer" role="status"><strong>{escape(info.classes[best])}</strong> '
        f"<span>is the strongest answer: {100 * shares[best]:.1f} %</span></p>"
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
