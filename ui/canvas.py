"""The canvas a digit is drawn on."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit_drawable_canvas import st_canvas

from ui import messages, session

SIDE = 280
PEN = 20
"""Width of the pen in pixels of the canvas: about a stroke of MNIST, scaled to this size."""
_COUNT = "_canvas_count"


def show_canvas() -> NDArray[np.uint8] | None:
    """Draw the canvas and its button.

    Returns:
        Red, green, blue and alpha, shape (SIDE, SIDE, 4), uint8; None before the canvas answered.
    """
    with st.container(key="canvas"):
        drawn = st_canvas(
            stroke_width=PEN,
            stroke_color="#ffffff",
            background_color="#000000",
            width=SIDE,
            height=SIDE,
            drawing_mode="freedraw",
            return_image_data=True,
            # a new key is a new, empty canvas
            key=f"drawing-{session.value(_COUNT, 0)}",
        )
    st.button("Clear", key="clear", on_click=messages.guarded(_clear))
    image: NDArray[np.uint8] | None = drawn.image_data
    return image


def _clear() -> None:
    session.put(_COUNT, session.value(_COUNT, 0) + 1)
