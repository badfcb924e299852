"""What the network learns from, and how: data, loss and steps, batches and epochs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import streamlit as st

from core.experiment import choices, edits
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.labels import explain
from core.experiment.limits import Limits
from core.experiment.training_spec import TrainingSpec
from ui import data_card, forms

COLUMNS = 4
Drawing = Callable[[], None]


def show(experiment: Experiment, info: DatasetInfo) -> None:
    """Draw all settings of data and training; those without a meaning now are left out."""
    plan = experiment.training

    def data(name: str) -> Drawing:
        return partial(forms.field, experiment.data, name, edits.set_data)

    def training(*names: str) -> list[Drawing]:
        used = (name for name in names if plan.in_use(name))
        return [partial(forms.field, plan, name, edits.set_training) for name in used]

    with st.container(key="card-settings", border=True):
        st.html('<h2 class="ll-head">What it learns from, and how</h2>')
        _grid(
            [
                partial(data_card.show, info),
                data("normalization"),
                partial(_loss, experiment, info),
                *training("optimizer"),
            ]
        )
        data_card.show_download(info)
        _grid(
            [
                *training("learning_rate", "batching", "batch_size", "epochs"),
                *training("momentum", "nesterov", "weight_decay"),
            ]
        )
        # one label, whatever is set: with another it would be another expander, and fold itself
        with st.expander("More settings: rate over time, early stopping, seeds"):
            _grid(training("schedule", "decay_rate", "plateau_factor", "plateau_patience"))
            _grid(training("early_stopping", "patience"))
            _grid([data("validation_fraction"), data("seed"), *training("seed"), *_number_format(plan)])
        if in_use := _more_in_use(plan):
            st.html(f'<p class="ll-quiet">{in_use}</p>')


def _number_format(plan: TrainingSpec) -> list[Drawing]:
    """Return the field for numbers of 16 bits: only where they help, or somebody has chosen them."""
    if not (Limits.of_machine().card or choices.policy(plan.dtype_policy).halves):
        return []
    return [partial(forms.field, plan, "dtype_policy", edits.set_training)]


def _more_in_use(plan: TrainingSpec) -> str:
    """Return what of the folded settings is in use, in words; empty where nothing is."""
    used = [
        f"rate {choices.schedule(plan.schedule).label}" if plan.schedule != "constant" else "",
        f"early stopping after {plan.patience} epochs without progress" if plan.early_stopping else "",
        plan.dtype_policy if choices.policy(plan.dtype_policy).halves else "",
    ]
    named = ", ".join(each for each in used if each)
    return f"In use: {named}." if named else ""


def _grid(drawings: list[Drawing]) -> None:
    for start in range(0, len(drawings), COLUMNS):
        for column, draw in zip(st.columns(COLUMNS), drawings[start : start + COLUMNS], strict=False):
            with column:
                draw()


def _loss(experiment: Experiment, info: DatasetInfo) -> None:
    forms.field(experiment.training, "loss", edits.set_training)
    st.html(f'<p class="ll-quiet">{escape(explain(experiment.training.loss, info))}</p>')
