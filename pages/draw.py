"""Draw: a digit by hand, and what trained networks make of it."""

from __future__ import annotations

import streamlit as st

from core.drawing.networks import Network, networks
from ui import messages, navigation, server
from ui.draw import canvas, choice, view


@st.fragment
def page() -> None:
    """Draw the page; a stroke runs this again, and not the frame around it."""
    with st.container():  # always one element, so that a notice moves nothing below it to a new place
        canvas.open_drawing()
        messages.show_notice()
    found = networks(server.store(), drawable_only=False)
    if not found:
        nobody()
        return
    show(found)


def show(found: list[Network]) -> None:
    """Draw canvas and answers."""
    chosen, gone = choice.chosen(found)
    left, middle, right = st.columns([27, 45, 28], gap="medium")
    with left:
        asked = view.show_input(chosen)
        below = st.container()
    with middle, st.container(key="card-answer", border=True):
        choice.show_list(found)
        main = view.show_answer(chosen, asked, gone)
    with right:
        view.show_others(chosen, found, asked, main)
    with below:
        view.show_labels_for(chosen, asked, main)
    view.show_more(chosen, asked, main)


def nobody() -> None:
    """Draw the canvas where there is no network to ask."""
    left, right = st.columns([3, 7], gap="medium")
    with left:
        st.html('<h2 class="ll-head">Draw a digit</h2>')
        canvas.show_controls(canvas.show_canvas())
    with right, st.container(key="card-answer", border=True):
        with st.container(key="prediction"):
            st.html(
                '<h2 class="ll-title">Draw a digit, once there is a network to ask</h2>'
                '<p class="ll-quiet">None has been trained on digits yet. On the Build page one is '
                "ready: it takes a few seconds.</p>"
            )
        navigation.link("build", "Train one first")


with messages.boundary():
    page()
