"""The figures of the last epoch, the learning rate with the way to change it, and how it trains."""

from __future__ import annotations

import streamlit as st

from core.data.sources import source
from core.experiment.dataset import Task
from core.runs.run import Run, Status
from core.wording import figure
from ui import server
from ui.train import rate, way


def show(run: Run) -> None:
    """Draw the card of the last epoch's figures."""
    info = source(run.experiment.data.dataset).info
    share = info.task is Task.CLASSIFICATION
    metric, name = info.task.metric, "accuracy" if share else "mean absolute error"
    event = server.store().last_event(run.id, "epoch")
    last = run.result or (event.body if event else {})
    rows = "".join(
        f'<tr class="{of}"><th scope="row">{of} {label}</th><td>{figure(last.get(key), is_share)}</td></tr>'
        for label, of, key, is_share in (
            ("loss", "training", "loss", False),
            ("loss", "validation", "val_loss", False),
            (name, "training", metric, share),
            (name, "validation", f"val_{metric}", share),
        )
    )
    title = "At the end" if run.result else "So far" if run.status.over else "Now"
    when = _when(run, event.body["epoch"] if event else 0)
    with st.container(key="card-epoch", border=True, gap=None):
        st.html(
            f'<h2 class="ll-head">{title}<span class="ll-when">{when}</span></h2>'
            f'<table class="ll-figures">{rows}</table>'
        )
        if not run.status.over:
            rate.show(run)
        way.show(run)


def _when(run: Run, epoch: float) -> str:
    if best := run.result.get("best_epoch"):
        return f"after epoch {best:.0f}, the best, whose weights are kept"
    if run.status is Status.STOPPED and run.result:
        return "when it was stopped"
    if epoch:
        return f"after epoch {epoch:.0f}"
    return "no epoch was finished" if run.status.over else "first figures after epoch 1"
