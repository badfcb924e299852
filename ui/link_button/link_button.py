"""Copy link, as an inline component: only the browser knows its address and its clipboard."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.experiment import link
from core.experiment.experiment import Experiment
from ui.component import payload

_HERE = Path(__file__).resolve().parent
_component = st.components.v2.component(
    "layerlab_link_button",
    html='<div class="link"><button type="button">Copy link</button>'
    '<input readonly hidden aria-label="Link to this design"><span role="status"></span></div>',
    css=(_HERE / "link_button.css").read_text(encoding="utf-8"),
    js=(_HERE / "link_button.js").read_text(encoding="utf-8"),
)


def show_link_button(experiment: Experiment) -> None:
    """Draw the button; what it copies opens this design on any LayerLab."""
    _component(key="link-button", data=payload({"design": link.encode(experiment)}))
