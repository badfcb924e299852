"""The drawing of the network as an inline component, so that it takes the page's colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from ui.component import payload
from ui.network.picture import draw

_HERE = Path(__file__).resolve().parent
_component = st.components.v2.component(
    "layerlab_network",
    html='<div class="network" tabindex="0" role="group" aria-label="Drawing of the network"></div>',
    css=(_HERE / "network.css").read_text(encoding="utf-8"),
    js=(_HERE / "network.js").read_text(encoding="utf-8"),
)


def show_network(experiment: Experiment, info: DatasetInfo, sample: NDArray[np.uint8] | None) -> None:
    """Draw the design's network.

    Args:
        experiment: The design.
        info: What its data set declares.
        sample: One real input to show at its beginning, or None.
    """
    svg, narrowest = draw(experiment, info, sample)
    _component(key="network", data=payload({"svg": svg, "narrowest": narrowest}))
