"""The one button that stands out: Train."""

from __future__ import annotations

import streamlit as st

from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from ui import messages, navigation, server, session


def show(experiment: Experiment, info: DatasetInfo, blocked: bool) -> None:
    """Draw the button and, when it is pressed, start a run and go to it.

    Args:
        experiment: The design.
        info: What its data set declares.
        blocked: Whether the design has an error that has to be mended first.
    """
    kept = round(info.training_size * experiment.data.validation_fraction)
    epochs = experiment.training.epochs
    plan = (
        f"{epochs:,} epoch{'s' if epochs > 1 else ''} of {info.training_size - kept:,} {info.noun}s; "
        f"{kept:,} more for validation"
    )
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        st.html(f'<p class="ll-quiet">{"There is a problem to mend first." if blocked else plan}</p>')
        pressed = st.button("Train", type="primary", key="train", disabled=blocked)
    if pressed and not blocked:
        run_id = None
        with messages.boundary():
            run_id = server.train(experiment)
        if run_id:
            session.show_run(run_id)
            navigation.go("train")
