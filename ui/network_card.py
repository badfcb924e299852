"""The network beside the stack: drawn, as Keras sums it up, or as code."""

from __future__ import annotations

import streamlit as st

from core.data import files, library
from core.data.sources import source
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.takeaway.script import script
from ui import dialogs, messages, server, session
from ui.network import show_network

DRAWING, SUMMARY, CODE = "Drawing", "Summary", "Code"
_KEY = "network-view"
CODE_HEIGHT = 430
"""Pixels; as high as the drawing, so that nothing jumps."""


def show(experiment: Experiment, info: DatasetInfo, blocked: bool) -> None:
    """Draw the card.

    Args:
        experiment: The design.
        info: What its data set declares.
        blocked: Whether an error keeps the network from being built.
    """
    with st.container(key="card-network", border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.html('<h2 class="ll-head">The network</h2>', width="content")
            view = st.segmented_control(
                "View",
                [DRAWING, SUMMARY, CODE],
                default=session.value("_network_view", DRAWING),
                required=True,
                key=_KEY,
                label_visibility="collapsed",
            )
        session.put("_network_view", view)
        if view == DRAWING:
            waiting = library.samples(info.name) is None and source(info.name).ships
            st.fragment(_drawing, run_every=1.0 if waiting else None)(experiment, info, waiting)
        elif blocked:
            st.html('<p class="ll-quiet">There is a problem to mend first.</p>')
        elif view == SUMMARY:
            ticking = not server.summary(experiment.to_json()).done()
            st.fragment(_summary, run_every=0.2 if ticking else None)(experiment, ticking)
        else:
            _code(experiment)


def _drawing(experiment: Experiment, info: DatasetInfo, waiting: bool) -> None:
    """Draw the network; on the very first start its sample is still being prepared."""
    with messages.boundary():
        samples = library.samples(info.name)
        if waiting and samples is not None:
            dialogs.draw_anew()
        sample = None if samples is None else samples[7 % len(samples)]
        show_network(experiment, info, sample, session.selected())


def _summary(experiment: Experiment, ticking: bool) -> None:
    with messages.boundary():
        future = server.summary(experiment.to_json())
        if not future.done():
            st.html('<p class="ll-quiet" role="status">Keras builds the network …</p>')
            return
        if ticking:
            dialogs.draw_anew()
        st.code(future.result(), language=None, height=CODE_HEIGHT)


def _code(experiment: Experiment) -> None:
    with messages.boundary():
        origin = source(experiment.data.dataset)
        written = script(experiment, origin)
        st.code(written, language="python", height=CODE_HEIGHT)
        with st.container(horizontal=True):
            st.download_button(
                "Download as train.py",
                written,
                "train.py",
                "text/x-python",
                key="download-code",
                on_click="ignore",
            )
            for place, name in enumerate(origin.files):
                data = files.folder() / name
                if data.exists():
                    st.download_button(
                        f"Download {name}",
                        data.read_bytes(),
                        name,
                        key=f"download-data-{place}" if place else "download-data",
                        on_click="ignore",
                    )
