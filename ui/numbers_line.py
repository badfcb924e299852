"""A design's figures, each with its name, its unit and a sentence within reach."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.numbers import numbers, show_bytes, show_count
from core.experiment.shapes import every, walk


def show(experiment: Experiment, info: DatasetInfo) -> None:
    """Draw weights, memory and multiply-adds."""
    found = numbers(experiment, info)
    rest = f", {found.non_trainable:,} more not trained" if found.non_trainable else ""
    cells = [
        (
            f"{found.trainable:,}",
            f"weights{rest}",
            "Numbers that training changes; running means of normalizations are kept but not trained.",
        ),
        (
            show_bytes(found.weight_bytes),
            "of weights",
            f"Four bytes a number. Training takes about {show_bytes(found.training_bytes)} in all: "
            "gradients, the optimizer's own numbers, the layers' outputs for a batch, the data.",
        ),
        (
            show_count(found.multiply_adds),
            f"multiply-adds a {info.noun}",
            f"Multiplications with an addition that one answer takes; learning from one {info.noun} takes "
            "about three times as many.",
        ),
    ]
    steps = walk(experiment.model.layers, info.input_shape)
    known = all(step.output_shape is not None for step in every(steps))
    body = "".join(
        f'<div title="{escape(help)}"><dt>{escape(name)}</dt><dd>{value if known else "–"}</dd></div>'
        for value, name, help in cells
    )
    st.html(f'<dl class="ll-numbers" aria-label="Figures of the network">{body}</dl>')
