"""Runs: every run there is, newest first; open, rename, delete."""

from __future__ import annotations

import streamlit as st

from ui import messages, navigation, run_row, server

SHOWN = 50


def rows() -> None:
    """Draw the list."""
    with messages.boundary():
        runs = server.store().newest()
        for run in runs[:SHOWN]:
            run_row.show(run)
        if len(runs) > SHOWN:
            st.html(f'<p class="ll-quiet">The newest {SHOWN} are shown; delete some to see more.</p>')


runs = server.store().newest()
if not runs:
    with st.container(key="card-empty", border=True):
        st.html(
            '<p class="ll-title">No runs yet</p><p class="ll-quiet">Every network you train stays '
            "here, with its curves and its figures.</p>"
        )
        navigation.link("build", "Train the first one")
rows()
