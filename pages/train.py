"""Train: one run, live."""

from __future__ import annotations

import streamlit as st

from core.data.sources import source
from core.errors import RunNotFound
from core.experiment.dataset import Task
from core.runs.run import Run, Status
from ui import dialogs, messages, navigation, server, session
from ui.chart import show_curves
from ui.mistakes import show_mistakes
from ui.train import figures, files, findings, header

TICK = 1.0
FIGURES_TICK = 2.0
"""Figures change once an epoch; thirty people may be looking."""
SLOW_TICK = 3.0


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


def pace(run: Run, under_way: list[Run]) -> float | None:
    """Return how often the page looks at the run again, in seconds; None where nothing will change."""
    if not run.status.over:
        return TICK
    # another page may resume it, and the other runs go on
    return SLOW_TICK if run.status is Status.INTERRUPTED or under_way else None


def watch(run_id: str, part: str) -> None:
    """Draw one part of the run, and the whole page anew once it is over or another is looked at."""
    with messages.boundary():
        messages.show_notice()
        if session.run_id() != run_id:
            st.rerun()
        run = server.store().get(run_id)
        if run.status.over != was_over:
            dialogs.draw_anew()
        if part == "header":
            header.show(run, server.store().under_way())
        else:
            figures.show(run)
            findings.show(run)


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
    tick = pace(run, server.store().under_way())
    st.fragment(watch, run_every=tick)(run.id, "header")
    wide, narrow = st.columns([7, 3], gap="medium")
    with wide:
        if run.adopted:
            files.show_origin(run)
        else:
            show_curves([run])
    with narrow:
        if not run.adopted:
            st.fragment(watch, run_every=None if was_over else FIGURES_TICK)(run.id, "figures")
            if source(run.experiment.data.dataset).info.task is Task.CLASSIFICATION:
                show_mistakes(run)
        if was_over:
            files.show(run)
