"""The list of presets, with undo and redo beside it."""

from __future__ import annotations

import streamlit as st

from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.presets import matching, preset, presets_for
from ui import messages, session

_OWN = "own"
_KEY = "preset"


def show(experiment: Experiment, info: DatasetInfo) -> None:
    """Draw the list and both buttons; choosing a preset is an edit like any other."""
    current = matching(experiment, info)
    names = [each.name for each in presets_for(info)]
    if current is None:
        names = [_OWN, *names]
    session.show_in_widget(_KEY, current.name if current else _OWN)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Start from a preset",
            names,
            key=_KEY,
            format_func=lambda name: "Your own design" if name == _OWN else preset(name).label,
            on_change=messages.guarded(_open),
        )
        history = session.history()
        st.button(
            "↶ Undo",
            key="undo",
            disabled=not history.past,
            on_click=messages.guarded(session.undo),
        )
        st.button(
            "↷ Redo",
            key="redo",
            disabled=not history.future,
            on_click=messages.guarded(session.redo),
        )
    lesson = current.lesson if current else "Every change can be undone; the address keeps the design."
    st.html(f'<p class="ll-quiet">{lesson}</p>')


def _open() -> None:
    name = session.taken_from_widget(_KEY)
    if name not in (None, _OWN):
        info = session.info()
        session.select(None)
        session.edit(lambda _: preset(name).experiment(info))
