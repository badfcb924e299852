"""The ticked run: what came of it, its name, tags and notes, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from core import wording
from core.data import sources
from core.experiment import choices
from core.experiment.dataset import Task
from core.runs.run import Run, Status
from core.runs.wishes import LONGEST_NAME, LONGEST_NOTES, MOST_TAGS
from ui import actions, messages, navigation, server, session
from ui.runs import deletion, rows, table, words
from ui.runs.live import TICK_SECONDS
from ui.takeaway import offer_run


def show(run: Run, tags: Sequence[str], best: str) -> None:
    """Draw a run's card.

    Args:
        run: The run.
        tags: All tags there are, to choose from.
        best: Why it is the best by validation; empty where it is not.
    """
    with st.container(key="card-run", border=True):
        with st.container(key="runs-head", horizontal=True, vertical_alignment="center"):
            with st.container(key="runs-title", gap=None):
                star = f' <span class="ll-best" title="{escape(best)}.">★ best</span>' if best else ""
                st.html(f'<h2 class="ll-title">Run {run.number} · {escape(run.name)}{star}</h2>')
                st.html(f'<p class="ll-quiet">{escape(_design(run))}</p>')
            with st.container(key="runs-do", horizontal=True, width="content"):
                _buttons(run)
        figures, naming, notes = st.columns([4, 3, 4], gap="medium")
        with figures:
            st.fragment(_so_far, run_every=None if run.status.over else TICK_SECONDS)(run.id)
        with naming:
            _name(run)
            _tags(run, tags)
        with notes:
            _notes(run)


def _design(run: Run) -> str:
    count, text = rows.weights(run)
    return " · ".join(
        (
            words.data_label(run),
            choices.normalization(run.experiment.data.normalization).short,
            words.design(run.experiment),
            *([f"{text} weights"] if count is not None else []),
        )
    )


# --- what can be done ---


def _buttons(run: Run) -> None:
    # no `help` here: with one, a button stands in the page twice, and scripts that use its key find two
    if st.button("Open", key=f"open-{run.number}", type="primary"):
        table.open_run(run)
    if run.status is Status.INTERRUPTED:
        st.button(
            "Resume",
            key=f"resume-{run.number}",
            on_click=messages.guarded(partial(actions.resume, run.id)),
        )
    known = sources.known(run.experiment.data.dataset) is not None
    if st.button("Load this design", key=f"load-{run.number}", disabled=not known):
        session.edit(lambda design: run.experiment)
        navigation.go("build")
    if run.status.over:
        offer_run(run)
    st.button(
        "Delete",
        key=f"delete-{run.number}",
        disabled=not run.status.over,
        on_click=messages.guarded(partial(deletion.delete, [run])),
    )


# --- what came of it ---


def _so_far(run_id: str) -> None:
    with messages.boundary():
        run = server.store().get(run_id)
        st.html(
            f'<p class="ll-state {run.status}"><strong>{run.status}</strong> · {escape(_pace(run))}</p>'
        )
        if run.reason:
            look = f"ll-reason {run.status}" if run.status.over else "ll-quiet"
            st.html(f'<p class="{look}">{escape(run.reason)}</p>')
        st.html(_figures(run))
        if not run.status.over:
            st.html('<p class="ll-quiet">It can be deleted once it is over; stop it on its own page.</p>')
        if sources.known(run.experiment.data.dataset) is None:
            st.html(
                '<p class="ll-quiet">Its data set is not known here, so its design can\'t be loaded.</p>'
            )


def _pace(run: Run) -> str:
    if run.adopted:
        return "trained elsewhere, and brought here in a file"
    planned, done = run.progress.epochs, rows.epochs_done(run)
    whole = f"{planned:,} epoch{'' if planned == 1 else 's'}"
    epochs = whole if done == planned else f"{done:,} of {whole}"
    seconds = run.progress.seconds
    return f"{epochs} in {wording.duration(seconds)}" if seconds else epochs


def _figures(run: Run) -> str:
    figures, kind = rows.last_figures(run), rows.task(run)
    if not figures:
        said = "It has no figures: no epoch was finished."
        return (
            f'<p class="ll-quiet">{said if run.status.over else "Figures come after the first epoch."}</p>'
        )
    parts = ("", "val_", "test_")
    body = "".join(
        f'<tr><th scope="row">{name}</th>'
        + "".join(f"<td>{wording.figure(figures.get(part + key), share)}</td>" for part in parts)
        + "</tr>"
        for name, key, share in (
            ("loss", "loss", False),
            (rows.measure(kind), kind.metric, kind is Task.CLASSIFICATION),
        )
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("training", "validation", "test"))
    return f'<table class="ll-runs-figures"><tr><td></td>{heads}</tr>{body}</table>'


# --- what a person says of it ---


def _name(run: Run) -> None:
    key = f"name-{run.number}"
    session.show_in_widget(key, run.name)
    st.text_input(
        "Name",
        key=key,
        max_chars=LONGEST_NAME,
        on_change=messages.guarded(partial(_take, server.store().rename, run.id, key)),
    )


def _tags(run: Run, tags: Sequence[str]) -> None:
    key = f"tags-{run.number}"
    session.show_in_widget(key, list(run.tags))
    st.multiselect(
        "Tags",
        sorted({*tags, *run.tags}),
        key=key,
        accept_new_options=True,
        max_selections=MOST_TAGS,
        placeholder="Choose, or write a new one",
        on_change=messages.guarded(partial(_take, server.store().tag, run.id, key)),
    )


def _notes(run: Run) -> None:
    key = f"notes-{run.number}"
    session.show_in_widget(key, run.notes)
    st.text_area(
        "Notes",
        key=key,
        height=136,
        max_chars=LONGEST_NOTES,
        placeholder="What did you try, and what came of it?",
        on_change=messages.guarded(partial(_take, server.store().annotate, run.id, key)),
    )


def _take(keep: Callable[[str, Any], None], run_id: str, key: str) -> None:
    keep(run_id, session.value(key) or "")
