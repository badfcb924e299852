"""Runs: every run there is, newest first; open, rename, delete."""

from __future__ import annotations

import streamlit as st

from core.runs.run import Run
from ui import messages, navigation, run_row, server

SHOWN = 50


def rows(ticking: bool) -> None:
    """Draw the list, or that there is none yet."""
    with messages.boundary():
        messages.show_notice()
        runs = server.store().newest()
        if ticking and not is_under_way(runs):
            st.rerun()
        if not runs:
            invitation()
        for run in runs[:SHOWN]:
            with messages.boundary():
                run_row.show(run)
        if len(runs) > SHOWN:
            st.html(f'<p class="ll-quiet">The newest {SHOWN} are shown; delete some to see more.</p>')


def invitation() -> None:
    """Draw what to do where nothing was trained yet."""
    with st.container(key="card-empty", border=True):
        st.html(
            '<h2 class="ll-title">No runs yet</h2><p class="ll-quiet">Every network you train stays '
            "here, with its curves and its figures.</p>"
        )
        navigation.link("build", "Train the first one")


def is_under_way(runs: list[Run]) -> bool:
    """Return whether the list will change by itself."""
    return any(not run.status.over for run in runs)


ticks = is_under_way(server.store().newest())
st.fragment(rows, run_every=2.0 if ticks else None)(ticks)
