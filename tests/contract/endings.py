"""How runs end: as one that nothing happened to does, or where a call of their listener fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import keras
import numpy as np
import pytest

from core.errors import StorageFailed
from core.experiment.experiment import Experiment
from core.home import home
from core.runs.files import verify_checksum
from core.runs.journal import Journal
from core.runs.run import Control, Progress, Run, Status
from core.runs.store import RunStore
from core.training import job, teller
from core.training.job import run_to_end
from core.training.state import State
from tests.unit.designs import FLAT, SOFTMAX, design
from tests.unit.made_up import PICTURES


@pytest.fixture
def store() -> RunStore:
    """The run store of this test's own data directory."""
    return RunStore(home())


def steady(**plan: object) -> Experiment:
    """Return a design where no order of samples matters: each step learns from all of them."""
    return design(PICTURES, FLAT, SOFTMAX).with_training(
        **{"batching": "all", "epochs": 3, "learning_rate": 0.01, **plan}
    )


def weights_of(run: Run) -> list[np.ndarray]:
    """Return the weights that a run has left, from a file that is whole."""
    verify_checksum(run.model_path)
    return list(keras.saving.load_model(run.model_path).get_weights())


Ending = tuple[Run, list[np.ndarray]]


def whole_run(store: RunStore, experiment: Experiment) -> Ending:
    """Train a run that nothing happens to; return it with its weights."""
    run = store.create(experiment, "whole")
    run_to_end(store, run.id)
    found = store.get(run.id)
    return found, weights_of(found)


def assert_same_end(store: RunStore, run: Run, whole: Ending) -> None:
    """Compare a run with one that nothing happened to."""
    found = store.get(run.id)
    assert (found.status, found.reason) == (Status.COMPLETED, "")
    assert_in_order(store, found)
    timeless = {"seconds": 0.0}
    assert found.result | timeless == pytest.approx(whole[0].result | timeless, rel=1e-4, abs=1e-6)
    for one, other in zip(weights_of(found), whole[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)
    assert not [*found.folder.rglob(".new-*")]


def assert_in_order(store: RunStore, run: Run) -> None:
    """No row is doubled or lost, in the database and beside it."""
    events = store.events(run.id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert Journal(run.folder).read() == events
    epochs = [event.body["epoch"] for event in events if event.kind == "epoch"]
    assert epochs == list(range(1, run.experiment.training.epochs + 1))
    steps = [event.body["step"] for event in events if event.kind == "point"]
    assert all(earlier < later for earlier, later in pairwise(steps))


class Failing(job.StoreListener):
    """Passes everything on, until something happens before one of the calls."""

    number = 0
    calls: list[str]

    def __init__(self, store: RunStore, run_id: str, attempt: int) -> None:
        super().__init__(store, run_id, attempt)
        Failing.calls = []

    def _call(self, name: str, what: Callable[[], Any]) -> Any:
        Failing.calls.append(name)
        if len(Failing.calls) == Failing.number:
            self._strike()
        return what()

    def _strike(self) -> None:
        raise StorageFailed("The disk is full.")

    def record(self, progress: Progress, events: list[tuple[str, Mapping[str, Any]]]) -> None:
        self._call("record", lambda: super(Failing, self).record(progress, events))

    def control(self) -> Control:
        found: Control = self._call("control", super().control)
        return found

    def keep(self, state: State) -> None:
        self._call("keep", lambda: super(Failing, self).keep(state))

    def note_mistakes(self, body: Mapping[str, Any]) -> None:
        self._call("mistakes", lambda: super(Failing, self).note_mistakes(body))


def completed(store: RunStore, run: Run) -> Run:
    """Have an interrupted run resumed, and see it completed."""
    assert store.resume(run.id)
    run_to_end(store, run.id)
    return store.get(run.id)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> type[Failing]:
    """Have the job talk to a listener that fails; it is told as often however fast this machine is."""
    monkeypatch.setattr(teller, "EVENT_SECONDS", 0.0)
    monkeypatch.setattr(job, "StoreListener", Failing)
    monkeypatch.setattr(Failing, "number", 0)
    return Failing
