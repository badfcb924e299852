"""The one button that stands out: Train."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.experiment.check import Problem
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.numbers import training_samples
from ui import actions, messages, navigation, server, session


def show(experiment: Experiment, info: DatasetInfo, serious: tuple[Problem, ...]) -> None:
    """Draw the button and, when it is pressed, start a run and go to it.

    Args:
        experiment: The design.
        info: What its data set declares.
        serious: The design's errors, which have to be mended first.
    """
    blocked = bool(serious)
    learned = training_samples(experiment, info)
    epochs = experiment.training.epochs
    plan = (
        f"{epochs:,} epoch{'s' if epochs > 1 else ''} of {learned:,} {info.noun}s; "
        f"{info.training_size - learned:,} more for validation · "
    )
    if blocked:
        words = f"{_place(experiment, serious[0])} has to be mended first."
    else:
        time = about(server.seconds_to_train(experiment))
        words = f'<span class="ll-wide">{plan}</span>about {time} on this machine'
    with st.container(
        key="start", horizontal=True, horizontal_alignment="right", vertical_alignment="center"
    ):
        st.html(f'<p class="ll-quiet">{words}</p>')
        if blocked and experiment.model.has(serious[0].where):
            select = messages.guarded(session.select)
            st.button("Show it", key="show-problem", on_click=select, args=(serious[0].where,))
        pressed = st.button("Train", type="primary", key="train", disabled=blocked)
    if pressed and not blocked:
        run_id = None
        with messages.boundary():
            run_id = actions.start(experiment)
        if run_id:
            session.show_run(run_id)
            navigation.go("train")


def _place(experiment: Experiment, problem: Problem) -> str:
    """Return what a problem is about, in words that begin a sentence."""
    if experiment.model.has(problem.where):
        return f"<code>{escape(problem.where)}</code>"
    return {"data": "The data", "training": "How it learns"}.get(problem.where, "The network")


def about(seconds: float) -> str:
    """Return a time in round figures: it is an estimate."""
    if seconds < 57:
        return f"{max(1, round(seconds) if seconds < 10 else 5 * round(seconds / 5))} s"
    return f"{round(seconds / 60)} min" if seconds < 3_570 else f"{seconds / 3_600:.1f} h"
