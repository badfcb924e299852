"""Runs under way: the table follows them, without being told of the others again."""

from __future__ import annotations

import streamlit as st

from core.runs.run import Status
from ui import dialogs, messages, server
from ui.component import inline, payload
from ui.runs import rows

TICK_SECONDS = 2.0
_component = inline("layerlab_runs_live", __file__, "<span></span>", "live.js")


def under_way() -> dict[str, Status]:
    """Return what is under way; read before the table is, so that nothing ends unseen in between."""
    return {run.id: run.status for run in server.store().under_way()}


def follow(known: dict[str, Status]) -> None:
    """Tell the table every two seconds how far its runs are; draw the page anew when one ends or begins.

    Args:
        known: What was under way when the table was drawn.
    """
    st.fragment(_tick, run_every=TICK_SECONDS if known else None)(known)


def _tick(known: dict[str, Status]) -> None:
    with messages.boundary():
        now = server.store().under_way()
        if {run.id: run.status for run in now} != known:
            dialogs.draw_anew()
        if now:
            _component(key="runs-live", data=payload({"runs": [rows.describe(run) for run in now]}))
