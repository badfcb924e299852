"""One run in the list: what it was, what came of it, and what can be done with it."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from core.data.sources import source
from core.experiment.dataset import Task
from core.runs.run import Run, Status
from ui import messages, navigation, run_view, server, session


def show(run: Run) -> None:
    """Draw a run as a row with its buttons."""
    with st.container(key=f"card-run-{run.number}", border=True):
        words, figures, buttons = st.columns([5, 4, 3], vertical_alignment="center")
        with words:
            st.html(
                f'<h2 class="ll-title">Run {run.number} · {escape(run.name)}</h2>'
                f'<p class="ll-state {run.status}"><strong>{run.status}</strong> · {_data(run)}'
                f"{' · ' + escape(run.reason) if run.reason else ''}</p>"
            )
        with figures:
            st.html(_figures(run))
        with buttons, st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Open", key=f"open-{run.number}"):
                session.show_run(run.id)
                navigation.go("train")
            _rename(run)
            _delete(run)


def _data(run: Run) -> str:
    planned = run.progress.epochs
    epochs = f"{planned:,} epoch{'s' if planned > 1 else ''}"
    if run.status is not Status.COMPLETED:
        epochs = f"{100 * run.progress.share:.0f} % of {epochs}"
    return f"{source(run.experiment.data.dataset).info.label}, {epochs}"


def _figures(run: Run) -> str:
    task = source(run.experiment.data.dataset).info.task
    share = task is Task.CLASSIFICATION
    cells = [
        ("validation", run_view.figure(run.result.get(f"val_{task.metric}"), share)),
        ("test", run_view.figure(run.result.get(f"test_{task.metric}"), share)),
        ("time", run_view.duration(run.progress.seconds)),
    ]
    return "".join(
        f'<span class="ll-cell"><span>{value}</span><small>{name}</small></span>' for name, value in cells
    )


def _rename(run: Run) -> None:
    key = f"name-{run.number}"
    with st.popover("Rename"):
        st.text_input(
            "Name",
            value=run.name,
            key=key,
            max_chars=80,
            on_change=messages.guarded(partial(_take_name, run.id, key)),
        )


def _take_name(run_id: str, key: str) -> None:
    server.store().rename(run_id, session.value(key, ""))


def _delete(run: Run) -> None:
    with st.popover("Delete", disabled=not run.status.over):
        st.write(f"Run {run.number}, its curves and its network will be gone for good.")
        st.button(
            "Delete this run",
            key=f"delete-{run.number}",
            on_click=messages.guarded(partial(_delete_for_good, run.id)),
        )


def _delete_for_good(run_id: str) -> None:
    server.store().delete(run_id)
    if session.run_id() == run_id:
        session.show_run(None)
