"""A store with a run in it, for whoever tests what a store keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.experiment.experiment import Experiment
from core.runs.run import Run
from core.runs.store import RunStore


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """A run store of its own."""
    return RunStore(tmp_path)


@pytest.fixture
def queued(store: RunStore) -> Run:
    """A run that waits."""
    return store.create(Experiment().with_training(epochs=3), "first")


@pytest.fixture
def running(store: RunStore, queued: Run) -> Run:
    """A run that a foreman works on."""
    assert store.claim(queued.id, "foreman")
    assert store.begin(queued.id)
    return store.get(queued.id)
