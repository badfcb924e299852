"""A run on the screen: its state and controls, and its figures now."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from core.data.sources import source
from core.experiment.dataset import Task
from core.runs.run import Request, Run, Status
from ui import messages, server


def show_header(run: Run) -> None:
    """Draw a run's name, its state in words, its progress and its buttons."""
    with st.container(key="card-header", border=True):
        words, buttons = st.columns([7, 3], vertical_alignment="center")
        with words:
            st.html(f'<h2 class="ll-title">Run {run.number} · {escape(run.name)}</h2>')
            with st.container(key="run-status"):
                st.html(
                    f'<p class="ll-state {run.status}"><strong>{run.status}</strong>'
                    f"{escape(_details(run))}</p>"
                )
        with buttons:
            _buttons(run)
        if not run.status.over:
            st.progress(run.progress.share, f"{run.progress.share:.0%}".replace("%", " %"))
    if run.status is Status.FAILED:
        st.error(messages.plain(run.reason))


def _details(run: Run) -> str:
    progress = run.progress
    if run.status is Status.QUEUED:
        ahead = server.store().ahead_of(run)
        return (
            f" · {ahead} other{'s are' if ahead > 1 else ' is'} before it" if ahead else " · about to begin"
        )
    if run.status is Status.RUNNING and not progress.epoch:
        return " · reading the data and building the network"
    parts = [f" · epoch {progress.epoch} of {progress.epochs}"]
    if run.status is Status.RUNNING:
        parts.append(f"batch {progress.step:,} of {progress.steps:,}")
        if run.request is Request.STOP:
            parts.append("stopping: keeping and testing what was learned")
        elif progress.share >= 1:
            parts.append("testing")
        elif progress.paused:
            parts.append("paused")
        elif (left := progress.seconds_left) is not None:
            parts.append(f"{duration(left)} left")
    noun = source(run.experiment.data.dataset).info.noun
    if run.status is not Status.RUNNING and progress.seconds:
        parts.append(f"trained for {duration(progress.seconds)}")
    if progress.samples_per_second:
        parts.append(f"{progress.samples_per_second:,.0f} {noun}s a second")
    return " · ".join(parts)


def _buttons(run: Run) -> None:
    if run.status.over:
        return
    # no `help` here: with one, a button stands in the page twice, and scripts that use its key find two
    with st.container(horizontal=True, horizontal_alignment="right"):
        pause, stopping = run.request is not Request.PAUSE, run.request is Request.STOP
        st.button(
            "Pause" if pause else "Continue",
            key="pause",
            disabled=stopping,
            on_click=messages.guarded(
                partial(server.store().ask, run.id, Request.PAUSE if pause else Request.GO)
            ),
        )
        st.button(
            "Stop",
            key="stop",
            disabled=stopping,
            on_click=messages.guarded(partial(server.store().ask, run.id, Request.STOP)),
        )


def show_figures(run: Run) -> None:
    """Draw the figures of the last epoch, and the test set's once the run is over."""
    info = source(run.experiment.data.dataset).info
    metric = info.task.metric
    share = info.task is Task.CLASSIFICATION
    name = "accuracy" if share else "mean absolute error"
    event = server.store().last_event(run.id, "epoch")
    last = run.result or (event.body if event else {})
    rows = [
        ("training loss", last.get("loss"), False),
        ("validation loss", last.get("val_loss"), False),
        (f"training {name}", last.get(metric), share),
        (f"validation {name}", last.get(f"val_{metric}"), share),
    ]
    best = run.result.get("best_epoch")
    if best:
        title = f"After epoch {best:.0f}, the best, whose weights are kept"
    elif run.status is Status.STOPPED:
        title = "When it was stopped"
    else:
        title = f"After epoch {event.body['epoch']}" if event else "After the first epoch"
    _table("epoch", title, rows)
    if run.status in (Status.COMPLETED, Status.STOPPED):
        _table(
            "test",
            f"On {info.test_size:,} {info.noun}s it never saw",
            [
                ("test loss", run.result.get("test_loss"), False),
                (f"test {name}", run.result.get(f"test_{metric}"), share),
            ],
        )


def _table(key: str, title: str, rows: list[tuple[str, float | None, bool]]) -> None:
    body = "".join(
        f"<tr><th scope='row'>{label}</th><td>{figure(value, share)}</td></tr>"
        for label, value, share in rows
    )
    with st.container(key=f"card-{key}", border=True):
        st.html(f'<h2 class="ll-head">{title}</h2><table class="ll-figures">{body}</table>')


def figure(value: float | None, share: bool) -> str:
    """Return a figure as the screen writes it."""
    if value is None:
        return "–"
    return f"{value:.1%}".replace("%", " %") if share else f"{value:.4f}"


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
