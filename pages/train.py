"""Train: one run, live."""

from __future__ import annotations

import streamlit as st

from core.data.sources import source
from core.errors import RunNotFound
from core.runs.run import Run
from ui import messages, navigation, run_view, server, session
from ui.chart import show_curves


def chosen() -> Run | None:
    """Return the run of the address, else the newest."""
    run_id = session.run_id()
    if run_id:
        try:
            return server.store().get(run_id)
        except RunNotFound as gone:
            session.show_run(None)
            st.warning(messages.plain(str(gone)))
    return server.store().latest()


def watch(run_id: str, part: str) -> None:
    """Draw one part of the run, and the whole page anew once it is over."""
    with messages.boundary():
        messages.show_notice()
        run = server.store().get(run_id)
        PARTS[part](run)
        if run.status.over and not was_over:
            st.rerun()


PARTS = {"header": run_view.show_header, "figures": run_view.show_figures}
run = chosen()
if run is None:
    with st.container(key="card-empty", border=True):
        st.html(
            '<h2 class="ll-title">Nothing has been trained yet</h2>'
            '<p class="ll-quiet">A network on real digits is ready on the Build page: '
            "press Train there, and watch it learn here.</p>"
        )
        navigation.link("build", "Go to Build")
else:
    session.show_run(run.id)
    was_over = run.status.over
    pace = None if was_over else 0.7
    st.fragment(watch, run_every=pace)(run.id, "header")
    wide, narrow = st.columns([7, 3], gap="medium")
    with wide:
        show_curves([run])
    with narrow:
        st.fragment(watch, run_every=pace)(run.id, "figures")
        if run.has_model and source(run.experiment.data.dataset).info.drawable:
            navigation.link("draw", "Draw a digit for this network")
