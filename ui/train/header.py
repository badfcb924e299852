"""The head of the page: which run, where it is, and the buttons that steer it."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from core.data.sources import source
from core.errors import RunNotFound
from core.experiment.dataset import Task
from core.runs.run import Order, OrderKind, Request, Run, Status
from core.wording import duration, figure
from ui import messages, navigation, server
from ui.train import next_steps, others, press, words
from ui.train.news import silence


def show(run: Run, under_way: list[Run]) -> None:
    """Draw a run's name, its state in words, how far it is, and its buttons.

    Args:
        run: The run.
        under_way: All runs that are queued or running.
    """
    with st.container(key="card-header", border=True):
        with st.container(key="run-head", horizontal=True, vertical_alignment="center"):
            with st.container(key="run-title", gap=None):
                st.html(f'<h2 class="ll-title">Run {run.number} · {escape(run.name)}</h2>')
                with st.container(key="run-status"):
                    st.html(words.state(run, _ahead(run, under_way), _parent(run)))
            with st.container(key="run-buttons", horizontal=True, width="content"):
                _beside(run)
        if run.status.over:
            with st.container(key="run-end", horizontal=True, vertical_alignment="center"):
                _outcome(run)
                next_steps.show(run)
        else:
            st.html(_bar(run))
        _remarks(run)
        others.show(run, under_way)


def _ahead(run: Run, under_way: list[Run]) -> int:
    return sum(each.number < run.number for each in under_way)


def _parent(run: Run) -> int:
    """Return the number of the run that this one continues; 0 where there is none, or no longer."""
    try:
        return server.store().get(run.parent).number if run.parent else 0
    except RunNotFound:
        return 0


# --- while it goes on ---


def _beside(run: Run) -> None:
    if not run.status.over:
        _controls(run)
    elif run.has_model and source(run.experiment.data.dataset).info.drawable:
        navigation.link("draw", "Draw a digit for this network")


def _controls(run: Run) -> None:
    # no `help` here: with one, a button stands in the page twice, and scripts that use its key find two
    store = server.store()
    stopping, paused = run.request is Request.STOP, run.request is Request.PAUSE
    can_step = run.status is Status.RUNNING and not stopping
    asked = Request.GO if paused else Request.PAUSE
    ask = press.once("pause", partial(store.ask, run.id, asked), within=press.DOUBLE_CLICK_SECONDS)
    st.button("Continue" if paused else "Pause", key="pause", disabled=stopping, on_click=ask)
    for label, key, kind in (
        ("One batch", "step-batch", OrderKind.STEP_BATCH),
        ("One epoch", "step-epoch", OrderKind.STEP_EPOCH),
    ):
        step = press.once(key, partial(store.order, run.id, Order(kind)))
        st.button(label, key=key, disabled=not can_step, on_click=step)
    stop = messages.guarded(partial(store.ask, run.id, Request.STOP))
    st.button("Stop", key="stop", disabled=stopping, on_click=stop)
    press.answered()


def _bar(run: Run) -> str:
    done = f"{100 * run.progress.share:.1f}"
    waits = " waits" if run.status is Status.QUEUED or run.progress.paused else ""
    return (
        f'<div class="ll-progress{waits}" role="progressbar" aria-label="Progress of run {run.number}" '
        f'aria-valuemin="0" aria-valuemax="100" aria-valuenow="{done}">'
        f'<span style="width: {done}%"></span></div>'
    )


def _remarks(run: Run) -> None:
    """Say why it waits, or that it is silent."""
    with st.container(key="run-remarks"):  # always there, so that nothing below moves to another place
        if run.status is Status.QUEUED and run.reason:
            st.html(f'<p class="ll-quiet">{escape(run.reason)}</p>')
        elif quiet := silence(run):
            st.html(f'<p class="ll-quiet">No news for {duration(quiet)}; the machine may be busy.</p>')


# --- once it is over ---


def _outcome(run: Run) -> None:
    """Draw what came of it: figures, or the reason why there are none."""
    if run.result:
        _result(run)
    elif run.reason:
        kept = next_steps.kept_words(run) if run.status is Status.INTERRUPTED else ""
        st.html(f'<p class="ll-reason {run.status}" role="alert">{escape(run.reason)} {kept}</p>')


def _result(run: Run) -> None:
    info = source(run.experiment.data.dataset).info
    share = info.task is Task.CLASSIFICATION
    metric = "accuracy" if share else "mean absolute error"
    best = run.result.get("best_epoch")
    cells = [
        (f"test {metric}", figure(run.result.get(f"test_{info.task.metric}"), share)),
        ("test loss", figure(run.result.get("test_loss"), False)),
        *([] if run.adopted else [("of training", duration(run.progress.seconds))]),
        *([("best epoch, kept", f"{best:.0f}")] if best else []),
    ]
    body = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in cells)
    with st.container(key="card-test", width="content", gap=None):
        st.html(
            f'<dl class="ll-result">{body}</dl>'
            f'<p class="ll-quiet">On {info.test_size:,} {info.noun}s it never saw</p>'
        )
