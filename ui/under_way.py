"""The run under way in a few words, for the chip in the bar of every page."""

from __future__ import annotations

from typing import Any

from core.data import sources
from core.errors import RunNotFound
from core.experiment.dataset import Task
from core.runs.run import Run, Status
from core.runs.store import RunStore
from core.wording import figure


def told(store: RunStore, seen: str = "") -> dict[str, Any]:
    """Return what the chip shows, as JSON values.

    Args:
        store: Where the runs are.
        seen: Id of the run that the chip showed last, so that its end can be told.

    Returns:
        `now`: the run that has been under way longest, or None; `more`: how many others are under way;
        `ended`: the run `seen` where it is over, or None. A run is its `id`, its `state`, and words:
        `long`, `short` for narrow screens, `aloud` for screen readers.
    """
    runs = sorted(store.under_way(), key=lambda run: (run.status is not Status.RUNNING, run.number))
    ended = None
    if seen and all(run.id != seen for run in runs):
        try:
            ended = store.get(seen)
        except RunNotFound:  # deleted
            ended = None
    return {
        "now": _words(runs[0], store) if runs else None,
        "more": max(0, len(runs) - 1),
        "ended": _words(ended, store) if ended and ended.status.over else None,
    }


def _words(run: Run, store: RunStore) -> dict[str, Any]:
    paused = run.status is Status.RUNNING and run.progress.paused
    state, accuracy = "paused" if paused else str(run.status), _accuracy(run, store)
    where = _where(run, state)
    # the end is told by the sign before it, and by the figure where there is one
    shown = "" if run.status is Status.COMPLETED and accuracy else where
    aloud = f"Run {run.number}: {state}"
    if where != state:
        aloud += f", {where}"
    if accuracy:
        aloud += f", validation accuracy {accuracy}"
    name = f"run {run.number}"
    return {
        "id": run.id,
        "state": state,
        "long": " · ".join(part for part in (name, shown, accuracy) if part),
        "short": " · ".join((name, accuracy or where)),
        "aloud": f"{aloud}.",
    }


def _where(run: Run, state: str) -> str:
    if run.status is not Status.RUNNING or run.progress.paused:
        return state
    if not run.progress.epoch:
        return "starting"
    return f"epoch {run.progress.epoch:,} of {run.progress.epochs:,}"


def _accuracy(run: Run, store: RunStore) -> str:
    """Return the newest validation accuracy; empty where there is none."""
    known = sources.known(run.experiment.data.dataset)
    if known is None or known.info.task is not Task.CLASSIFICATION:
        return ""
    name = f"val_{known.info.task.metric}"
    event = None if name in run.result else store.last_event(run.id, "epoch")
    value = run.result.get(name, event.body.get(name) if event else None)
    return "" if value is None else figure(value, share=True)
