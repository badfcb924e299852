"""What can be done with a run that is over: resume it, again, with other luck, further, change it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.experiment.edits import set_training
from core.experiment.experiment import Experiment
from core.experiment.fields import Integer, declared
from core.experiment.training_spec import TrainingSpec
from core.runs.checkpoints import Checkpoints
from core.runs.run import Run, Status
from ui import actions, messages, navigation, session

EPOCHS = declared(TrainingSpec)["epochs"]


def show(run: Run) -> None:
    """Draw the buttons for a run that is over."""
    with st.container(key="run-next", horizontal=True, width="content", vertical_alignment="center"):
        if run.status is Status.INTERRUPTED:
            st.button(
                "Resume",
                key="resume",
                type="primary",
                on_click=messages.guarded(partial(actions.resume, run.id)),
            )
        _starter("Run again", "again", run, lambda: actions.start(run.experiment))
        _starter("Another seed", "new-seed", run, lambda: actions.start(_with_new_seed(run)))
        if run.has_model and Checkpoints(run.checkpoints).newest_epoch():
            _train_on(run)
        if run.experiment != session.design() and st.button("Load this design", key="load-design"):
            session.edit(lambda design: run.experiment)
            navigation.go("build")


def kept_words(run: Run) -> str:
    """Return in words how much of an interrupted run is kept."""
    epoch = Checkpoints(run.checkpoints).newest_epoch()
    if not epoch:
        return "No epoch was finished, so it would begin anew."
    return f"What it learned up to epoch {epoch:,} is kept: it goes on after that."


def go_to(run: Run, start: Callable[[], str]) -> None:
    """Start a run and look at it, where this session still looks at `run`.

    The second click of a double click comes when it no longer does.

    Args:
        run: The run whose button was pressed.
        start: Starts a run and returns its id.
    """
    if session.run_id() == run.id:
        session.show_run(start())


def _starter(label: str, key: str, run: Run, start: Callable[[], str]) -> None:
    st.button(label, key=key, on_click=messages.guarded(partial(go_to, run, start)))


def _with_new_seed(run: Run) -> Experiment:
    return set_training(run.experiment, seed=actions.new_seed(run))


def _train_on(run: Run) -> None:
    assert isinstance(EPOCHS, Integer)  # it is declared with its limits
    most = EPOCHS.high - run.progress.epoch
    if most < 1:
        return
    key = f"train-on-epochs-{run.number}"
    with st.container(key="train-on-group", horizontal=True, width="content", vertical_alignment="center"):
        _starter("Train on", "train-on", run, lambda: actions.carry_on(run, session.value(key)))
        st.number_input(
            "How many more epochs",
            min_value=1,
            max_value=most,
            value=max(1, min(most, run.progress.epoch)),
            key=key,
            label_visibility="collapsed",
            width=84,
        )
        st.html('<span class="ll-quiet">more epochs</span>', width="content")
