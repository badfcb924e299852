"""How a run trains: how fast, which way TensorFlow takes, and why."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.data.sources import source
from core.runs.run import Run, Status
from core.training.path import Way
from ui import server

_LABELS: dict[str, str] = {
    Way.XLA: "Compiled by XLA",
    Way.IN_GRAPH: "In one graph",
    Way.STREAMED: "Streamed",
}


def show(run: Run) -> None:
    """Draw how a run trains or has trained; nothing where it has not told, as runs of earlier versions."""
    event = None if run.status is Status.QUEUED else server.store().last_event(run.id, "path")
    label = _LABELS.get(event.body.get("way", "")) if event else None
    if event is None or label is None:
        return
    with st.container(key="way", gap=None):
        if run.status.over and run.progress.samples_per_second:  # until then it stands in the header
            noun = source(run.experiment.data.dataset).info.noun
            speed = f"{run.progress.samples_per_second:,.0f} {noun}s a second"
            st.html(f'<p class="ll-speed"><span>speed</span><strong>{speed}</strong></p>')
        how = "how it trained" if run.status.over else "how it trains"
        # an element of its own: what is open stays open while figures change
        st.html(
            f'<details class="ll-way"><summary><span>{how}</span>'
            f"<strong>{label}</strong></summary><p>{escape(str(event.body.get('why', '')))}</p></details>"
        )
