"""Asking a real foreman for runs, and waiting for what becomes of them."""

from __future__ import annotations

import base64

from core.data.sources import source
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.runs.checkpoints import Checkpoints
from core.runs.run import Run, Status
from core.runs.store import RunStore
from core.workers.client import Workers
from tests.contract.processes import until

START = 120.0
"""Seconds that TensorFlow may take to load on a busy machine."""
IMAGE = base64.b64encode(bytes(28 * 14) + b"\xff" * (28 * 14)).decode()
"""A picture as it travels: its upper half black, its lower half white."""
ENDLESS = 10_000
"""Epochs that no test waits for."""


def design(epochs: int) -> Experiment:
    """Return a small network on Digits."""
    return preset("article").experiment(source("digits").info).with_training(epochs=epochs)


def start_run(store: RunStore, workers: Workers, epochs: int) -> Run:
    """Ask for a run."""
    run = store.create(design(epochs), f"{epochs} epochs")
    workers.train(run.id)
    return run


def over(store: RunStore, run: Run, seconds: float = START) -> Run:
    """Return a run once it is over."""
    until(lambda: store.get(run.id).status.over, seconds, f"run {run.number} is over")
    return store.get(run.id)


def with_checkpoint(store: RunStore, run: Run) -> None:
    """Wait until a run has left something to go on from."""
    under_way(store, run)
    until(lambda: Checkpoints(run.checkpoints).newest_epoch(), START, "a checkpoint is kept")
    assert store.get(run.id).status is Status.RUNNING


def under_way(store: RunStore, run: Run) -> None:
    """Wait until a run learns."""
    until(lambda: store.events(run.id) or store.get(run.id).status.over, START, "the run learns")
    assert store.get(run.id).status is Status.RUNNING
