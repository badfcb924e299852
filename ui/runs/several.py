"""Several ticked runs: their curves over each other, and what differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from core import wording
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import Task
from core.experiment.differences import Difference, differences
from core.experiment.fields import declared
from core.experiment.training_spec import TrainingSpec
from core.runs.run import Run
from ui import messages
from ui.chart import show_curves
from ui.runs import deletion, rows, words

MOST = 8
"""Runs that are laid over each other: more colours can't be told apart."""
_SEEDS = {declared(DataSpec)["seed"].label, declared(TrainingSpec)["seed"].label}


def show(runs: Sequence[Run]) -> None:
    """Draw runs against each other, in the order they were ticked."""
    compared = runs[:MOST]
    with st.container(key="runs-head", horizontal=True, vertical_alignment="center"):
        with st.container(key="runs-title", gap=None):
            st.html(f'<h2 class="ll-title">{len(compared)} runs over each other</h2>')
            for sentence in remarks(runs, compared):
                st.html(f'<p class="ll-quiet">{escape(sentence)}</p>')
        with st.container(key="runs-do", horizontal=True, width="content"):
            _delete(runs)
    with st.container(key="runs-curves"), messages.boundary():
        show_curves(compared, key="compare")
    with st.container(key="card-differences", border=True), messages.boundary():
        st.html(_table(compared, differences([run.experiment for run in compared])))


def remarks(runs: Sequence[Run], compared: Sequence[Run]) -> list[str]:
    """Return what has to be known before these runs are compared."""
    said = []
    if len(runs) > len(compared):
        said.append(
            f"The first {len(compared)} of {len(runs)} are shown: more colours can't be told apart."
        )
    data = list(dict.fromkeys(words.data_label(run) for run in compared))
    losses = {run.experiment.training.loss for run in compared}
    if len(data) > 1:
        said.append(
            f"They learned from different data ({', '.join(data)}): a better figure may only mean easier "
            "data."
        )
    elif len(losses) > 1:
        said.append("They have different loss functions, whose figures can't be compared with each other.")
    return said


def _delete(runs: Sequence[Run]) -> None:
    over = [run for run in runs if run.status.over]
    busy = [f"Run {run.number}" for run in runs if not run.status.over]
    if busy:
        verb = "is" if len(busy) == 1 else "are"
        st.html(f'<p class="ll-quiet">{", ".join(busy)} {verb} under way and can\'t be deleted.</p>')
    st.button(
        f"Delete {len(over)} run{'' if len(over) == 1 else 's'}",
        key="delete-ticked",
        disabled=not over,
        on_click=messages.guarded(partial(deletion.delete, over)),
    )


# --- the table ---


def _table(runs: Sequence[Run], found: Sequence[Difference]) -> str:
    heads = "".join(
        f'<th scope="col"><span class="ll-swatch" style="--colour: var(--ll-run-{place})"></span>'
        f"<strong>Run {run.number}</strong><small>{escape(run.name)}</small></th>"
        for place, run in enumerate(runs, start=1)
    )
    body = "".join(_row(each.name, [escape(value) for value in _values(each, runs)]) for each in found)
    return (
        f'<div class="ll-runs-scroll"><table class="ll-runs-table"><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{_group('What came of it', runs)}{_figures(runs)}</tbody>"
        f"<tbody>{_group('What differs', runs)}{body}{_said(found, len(runs))}</tbody></table></div>"
    )


def _values(difference: Difference, runs: Sequence[Run]) -> Sequence[str]:
    # what the screen calls a data set, not what files call it
    if difference.name == declared(DataSpec)["dataset"].label:
        return [words.data_label(run) for run in runs]
    return difference.values


def _group(title: str, runs: Sequence[Run]) -> str:
    return f'<tr class="group"><th scope="colgroup" colspan="{len(runs) + 1}">{title}</th></tr>'


def _row(name: str, cells: Sequence[str]) -> str:
    return (
        f'<tr><th scope="row">{escape(name)}</th>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    )


def _said(found: Sequence[Difference], count: int) -> str:
    sentence = chance(found)
    return f'<tr><td class="said" colspan="{count + 1}">{sentence}</td></tr>' if sentence else ""


def chance(found: Sequence[Difference]) -> str:
    """Return what it means where the designs are the same; nothing where they are not."""
    if not found:
        return (
            "The same design with the same seed. What still differs came about on the way: a learning rate "
            "changed by hand, an earlier stop, or rounding."
        )
    if {each.name for each in found} <= _SEEDS:
        return "The same design; only chance differs."
    return ""


def _figures(runs: Sequence[Run]) -> str:
    figures = [rows.last_figures(run) for run in runs]
    kinds = dict.fromkeys(rows.task(run) for run in runs)
    best = rows.best(runs)
    lines = [_row("validation loss", [wording.figure(each.get("val_loss"), False) for each in figures])]
    for kind in kinds:
        share = kind is Task.CLASSIFICATION
        values = [wording.figure(each.get(f"val_{kind.metric}"), share) for each in figures]
        marked = [
            f'{value} <span class="ll-best" title="{escape(best[run.id])}, of those ticked.">★ best</span>'
            if run.id in best and rows.task(run) is kind
            else value
            for run, value in zip(runs, values, strict=True)
        ]
        lines.append(_row(f"validation {rows.measure(kind)}", marked))
    lines.append(_row("time", [rows.spent(run)[1] for run in runs]))
    lines.append(_row("weights", [rows.weights(run)[1] for run in runs]))
    return "".join(lines)
