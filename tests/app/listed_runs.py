"""Runs made by hand for the Runs page, and what its table was told of them."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from core.data.sources import source
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.runs.run import Progress, Run, Status
from core.runs.store import RunStore
from tests.app.conftest import Open

BUSY = "a-busy-foreman"
CHOSEN = "runs-chosen"
FIGURES = {"loss": 0.1, "accuracy": 0.9, "val_loss": 0.25, "val_accuracy": 0.875, "test_accuracy": 0.8125}


def design(name: str = "article", data: str = "digits") -> Experiment:
    """Return a preset's design, of five epochs."""
    return preset(name).experiment(source(data).info).with_training(epochs=5)


def queued(store: RunStore, experiment: Experiment | None = None, name: str = "a run") -> Run:
    """Return a run that waits for a foreman that is alive and never comes to it."""
    run = store.create(experiment or design(), name)
    store.claim(run.id, BUSY)
    return run


def running(store: RunStore, epochs: int = 2, experiment: Experiment | None = None) -> Run:
    """Return a run that has whole epochs behind it."""
    run = queued(store, experiment)
    store.begin(run.id)
    events = [
        ("epoch", {"epoch": epoch, "val_loss": 1 / epoch, "val_accuracy": 0.5 + epoch / 10})
        for epoch in range(1, epochs + 1)
    ]
    store.record(run.id, Progress(epochs, 5, 10, 10, 2.0 * epochs, 1_000.0), events)
    return store.get(run.id)


def over(
    store: RunStore,
    status: Status = Status.COMPLETED,
    reason: str = "",
    experiment: Experiment | None = None,
    **figures: float,
) -> Run:
    """Return a run that is over, without a model."""
    run = running(store, 5, experiment)
    store.finish(run.id, status, reason, {**FIGURES, **figures} if status is not Status.FAILED else {})
    return store.get(run.id)


def table(app: AppTest) -> dict[str, Any]:
    """Return what the table was told."""
    (found,) = [each for each in app.get("bidi_component") if each.proto.component_name == "layerlab_runs"]
    told: dict[str, Any] = json.loads(found.proto.bytes)
    return told


def row(app: AppTest, run: Run) -> dict[str, Any]:
    """Return what the table was told of a run."""
    (found,) = [each for each in table(app)["runs"] if each["id"] == run.id]
    return dict(found)


def with_ticked(open_page: Open, *runs: Run) -> AppTest:
    """Open the page and tick runs."""
    app = open_page("runs")
    app.session_state[CHOSEN] = [run.id for run in runs]
    return app.run()
