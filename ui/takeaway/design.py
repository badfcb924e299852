"""The design itself in the dialog: a link, and JSON."""

from __future__ import annotations

import streamlit as st

from ui.link_button import show_link_button
from ui.takeaway.code import HEIGHT
from ui.takeaway.download import download
from ui.takeaway.thing import Thing


def show(thing: Thing) -> None:
    """Draw the design's link and its JSON."""
    written = thing.experiment.to_json(indent=1)
    st.html(
        '<p class="ll-quiet">The whole design. The link holds it, too: any LayerLab opens it, without '
        "this one. <em>Bring back</em> on the Build page reads both.</p>"
    )
    st.code(written, language="json", height=HEIGHT)
    with st.container(key="take-row", horizontal=True, vertical_alignment="center"):
        name = f"{thing.name}.json"
        download("Download .json", written, name, "application/json", key="take-json", first=True)
        show_link_button(thing.experiment, key="take-link")
