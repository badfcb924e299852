"""Where no run is ticked: which is the best on each data set, and how the table is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from core import wording
from core.experiment.dataset import Task
from core.runs.run import Run
from ui import navigation
from ui.runs import rows


def invitation() -> None:
    """Draw what to do where nothing was trained yet."""
    with st.container(key="card-empty", border=True):
        st.html(
            '<h2 class="ll-title">No runs yet</h2><p class="ll-quiet">Every network you train stays '
            "here, with its curves and its figures.</p>"
        )
        navigation.link("build", "Train the first one")


def show(runs: Sequence[Run], best: Mapping[str, str]) -> None:
    """Draw the best run of each data set, by validation."""
    st.html(
        '<p class="ll-quiet">Tick a run to see more of it; tick several to lay their curves over each '
        'other.<span class="ll-wide"> In the table, arrow keys move, Space ticks, Enter opens, Delete '
        "deletes.</span></p>"
    )
    if not best:
        return
    body = "".join(
        _line(label, group, [run for run in group if run.id in best])
        for label, group in rows.finished_by_data(runs).items()
        if any(run.id in best for run in group)
    )
    with st.container(key="card-best", border=True):
        st.html(
            '<h2 class="ll-head">Best by validation</h2>'
            f'<table class="ll-runs-best">{body}</table>'
            '<p class="ll-quiet">Each data set by itself. The test set is never used to choose: it would '
            "no longer tell how a network does on what nobody has seen.</p>"
        )


def _line(label: str, group: Sequence[Run], winners: Sequence[Run]) -> str:
    kind = rows.task(group[0])
    value = wording.figure(rows.validation(winners[0]), kind is Task.CLASSIFICATION)
    named = ", ".join(f"Run {run.number} · {escape(run.name)}" for run in winners[:2])
    more = f" and {len(winners) - 2} more" if len(winners) > 2 else ""
    return (
        f'<tr><th scope="row">{escape(label)}</th><td class="value">{value}</td>'
        f"<td>★ {named}{more}</td><td>{rows.measure(kind)}, of {len(group)} runs</td></tr>"
    )
