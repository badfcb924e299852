"""Build: the stack, the network, what it learns from and how. The front page."""

from __future__ import annotations

import streamlit as st

from core.data import library
from core.data.sources import source
from core.experiment import edits
from core.experiment.check import Problem, check, errors
from core.experiment.shapes import parameter_count, walk
from ui import data_card, forms, messages, presets_bar, problems_list, session, start
from ui.network import show_network
from ui.stack import show_stack


def network(waiting: bool) -> None:
    """Draw the network; on the very first start its sample is still being prepared."""
    with messages.boundary():
        samples = library.samples(info.name)
        if waiting and samples is not None:
            st.rerun()
        show_network(experiment, info, None if samples is None else samples[7 % len(samples)])


experiment, info = session.design(), session.info()
problems: tuple[Problem, ...] = (*data_card.problems(info.name), *check(experiment, info))

left, right = st.columns([3, 7], gap="medium")
with left:
    presets_bar.show(experiment, info)
    show_stack(problems)
    problems_list.show(problems, "model")
    total = parameter_count(walk(experiment.model.layers, info.input_shape))
    st.html(f'<p class="ll-quiet">{total:,} weights · {total * 4 / 1e6:,.1f} MB</p>')

with right:
    with st.container(key="card-network", border=True):
        st.html('<h2 class="ll-head">The network</h2>')
        waiting = library.samples(info.name) is None and source(info.name).ships
        st.fragment(network, run_every=1.0 if waiting else None)(waiting)
    with st.container(key="card-settings", border=True):
        top, bottom = st.columns(4), st.columns(4)
        with top[0]:
            data_card.show(info)
        with top[1]:
            forms.field(experiment.data, "normalization", edits.set_data)
        for column, name in zip(
            (*top[2:], *bottom[:3]),
            ("loss", "optimizer", "learning_rate", "batch_size", "epochs"),
            strict=True,
        ):
            with column:
                forms.field(experiment.training, name, edits.set_training)
        with bottom[3]:
            forms.field(experiment.data, "validation_fraction", edits.set_data)
        data_card.show_download(info)
    problems_list.show(problems, "data", "training")
    start.show(experiment, info, blocked=bool(errors(problems)))
