"""What the table is told of each run: figures with the text that stands for them, and which is best."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core import wording
from core.experiment import choices
from core.experiment.dataset import Task
from core.runs.run import Run, Status
from ui import server
from ui.runs import words

Figure = tuple[float | None, str]
"""A value to sort by, and what the screen writes."""


def describe(run: Run, best: str = "") -> dict[str, Any]:
    """Return a run's row as JSON values.

    Args:
        run: The run.
        best: Why it is the best by validation; empty where it is not.
    """
    figures, kind = last_figures(run), task(run)
    return {
        "id": run.id,
        "number": run.number,
        "name": run.name,
        "status": run.status,
        "state": _state(run),
        "share": run.progress.share if run.status is Status.RUNNING and run.progress.epoch else None,
        "reason": run.reason,
        "design": words.design(run.experiment),
        "data": words.data_label(run),
        "normalization": choices.normalization(run.experiment.data.normalization).short,
        "loss": figure(figures.get("val_loss"), False),
        "metric": figure(figures.get(f"val_{kind.metric}"), kind is Task.CLASSIFICATION),
        "test": figure(run.result.get(f"test_{kind.metric}"), kind is Task.CLASSIFICATION),
        "measure": measure(kind),
        "so_far": _so_far(run) if figures and not run.result else "",
        "time": spent(run),
        "weights": weights(run),
        "tags": list(run.tags),
        "notes": run.notes,
        "created": run.created,
        "best": best,
    }


def task(run: Run) -> Task:
    """Return what a run's network was to do, from its figures where its data are not known here."""
    info = words.info_of(run)
    if info:
        return info.task
    return Task.REGRESSION if f"val_{Task.REGRESSION.metric}" in run.result else Task.CLASSIFICATION


def measure(kind: Task) -> str:
    """Return what the figure beside the loss is called."""
    return "accuracy" if kind is Task.CLASSIFICATION else "mean absolute error"


def last_figures(run: Run) -> Mapping[str, float]:
    """Return a run's final figures, or those of its last whole epoch, by Keras's names."""
    if run.result or not run.progress.epoch:
        return run.result
    return _last_epoch_of_ended(run.id, run.ended) if run.status.over else _last_epoch(run.id)


def _last_epoch(run_id: str) -> Mapping[str, float]:
    event = server.store().last_event(run_id, "epoch")
    return event.body if event else {}


@functools.lru_cache(words.KEPT)
def _last_epoch_of_ended(run_id: str, ended: float | None) -> Mapping[str, float]:
    return _last_epoch(run_id)


def epochs_done(run: Run) -> int:
    """Return how many whole epochs are behind a run."""
    return run.progress.epoch - (run.progress.step < run.progress.steps)


def figure(value: float | None, share: bool) -> Figure:
    """Return a figure and its text."""
    return value, wording.figure(value, share)


def spent(run: Run) -> Figure:
    """Return how long the run has trained, in seconds."""
    seconds = run.progress.seconds
    return (seconds, wording.duration(seconds)) if seconds else (None, "–")


def weights(run: Run) -> Figure:
    """Return how many numbers the run's training changes."""
    info = words.info_of(run)
    count = words.weights(run.experiment, info) if info else None
    return count, "–" if count is None else f"{count:,}"


def _state(run: Run) -> str:
    """Return a run's status in the word that tells most."""
    if run.status is Status.RUNNING and run.progress.paused:
        return "paused"
    return "starting" if run.status is Status.RUNNING and not run.progress.epoch else run.status


def _so_far(run: Run) -> str:
    return f"after epoch {epochs_done(run)} of {run.progress.epochs}"


# --- the best ---


def best(runs: Iterable[Run]) -> dict[str, str]:
    """Return the runs that are best by validation, with why; never by test.

    Data sets are kept apart: an accuracy on one says nothing about another. Where a data set has only
    one run with figures there is nothing to be best of.
    """
    found: dict[str, str] = {}
    for label, group in finished_by_data(runs).items():
        if len(group) > 1:
            winners, kind = _winners(group), task(group[0])
            shared = f", shared by {len(winners)} runs" if len(winners) > 1 else ""
            high = "Highest" if kind is Task.CLASSIFICATION else "Lowest"
            why = f"{high} validation {measure(kind)} of {len(group)} runs on {label}{shared}"
            found |= {run.id: why for run in winners}
    return found


def finished_by_data(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """Return the runs that were validated at their end, by what their data set is called."""
    groups: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        if validation(run) is not None:
            groups[words.data_label(run)].append(run)
    return groups


def validation(run: Run) -> float | None:
    """Return a finished run's validation figure, the one beside the loss."""
    over = run.status in (Status.COMPLETED, Status.STOPPED)
    return run.result.get(f"val_{task(run).metric}") if over else None


def _winners(group: Sequence[Run]) -> list[Run]:
    values = {run.id: value for run in group if (value := validation(run)) is not None}
    choose = max if task(group[0]) is Task.CLASSIFICATION else min
    top = choose(values.values())
    return [run for run in group if values.get(run.id) == top]
