"""A run that is over is continued by another, which goes on from where it ended."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.runs.checkpoints import Checkpoints
from core.runs.run import Progress, Request, Run, Status
from core.runs.store import RunStore
from core.training import chunks, teller
from core.training.job import run_to_end
from tests.contract.endings import (
    Failing,
    assert_in_order,
    assert_same_end,
    completed,
    failing,
    steady,
    store,
    weights_of,
    whole_run,
)

__all__ = ["failing", "store"]  # fixtures
pytestmark = [
    pytest.mark.usefixtures("made_up_sources", "step_by_step"),
    pytest.mark.filterwarnings("ignore:.*run_functions_eagerly.*:UserWarning"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras 3.15, saving
]


def _continued(store: RunStore, run: Run, epochs: int) -> Run:
    """Have a finished run's network trained to so many epochs in all."""
    longer = run.experiment.with_training(epochs=epochs)
    newest = Checkpoints(run.checkpoints).newest()
    assert newest is not None
    found = store.create(longer, "longer", parent=run, checkpoint=newest)
    run_to_end(store, found.id)
    return store.get(found.id)


def test_a_completed_run_continued_ends_where_a_longer_one_does(store: RunStore) -> None:
    whole, (short, weights) = whole_run(store, steady(epochs=4)), whole_run(store, steady(epochs=2))
    before = store.get(short.id)
    longer = _continued(store, before, 4)
    assert_same_end(store, longer, whole)
    (seam,) = store.events(longer.id, kind="resume")
    assert (seam.body["epoch"], seam.body["step"]) == (2, 2)
    seconds = [event.body["seconds"] for event in store.events(longer.id)]
    assert seconds == sorted(seconds)
    assert store.get(short.id) == before
    assert all(np.array_equal(*each) for each in zip(weights_of(before), weights, strict=True))


def test_a_continued_run_that_fails_before_its_first_epoch_goes_on_from_where_the_other_ended(
    store: RunStore, failing: type[Failing]
) -> None:
    whole, (short, _) = whole_run(store, steady(epochs=4)), whole_run(store, steady(epochs=2))
    failing.number = 3
    longer = _continued(store, short, 4)
    assert longer.status is Status.INTERRUPTED
    failing.number = 0
    completed(store, longer)
    assert_same_end(store, longer, whole)


def test_a_stopped_run_can_be_continued(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "SECONDS", 0.0)
    monkeypatch.setattr(teller, "EVENT_SECONDS", 0.0)
    run = store.create(steady(batching="mini_batch", batch_size=16), "stopped")
    store.begin(run.id)
    told = store.record

    def stop_in_the_second_epoch(run_id: str, progress: Progress, *rest: Any, **named: Any) -> bool:
        if (progress.epoch, progress.step) == (2, 4):
            store.ask(run_id, Request.STOP)
        return told(run_id, progress, *rest, **named)

    with monkeypatch.context() as patch:
        patch.setattr(store, "record", stop_in_the_second_epoch)
        run_to_end(store, run.id, attempt=1)
    stopped = store.get(run.id)
    assert (stopped.status, stopped.progress.epoch, stopped.progress.step) == (Status.STOPPED, 2, 4)
    longer = _continued(store, stopped, 3)
    assert longer.status is Status.COMPLETED
    assert_in_order(store, longer)


def test_a_run_that_ended_early_can_be_continued_and_counts_from_there(store: RunStore) -> None:
    # so large that it gets worse at once
    plan = {"early_stopping": True, "patience": 2, "learning_rate": 0.5, "epochs": 30}
    first = store.create(steady(**plan), "early")
    run_to_end(store, first.id)
    early = store.get(first.id)
    ended = int(early.progress.epoch)
    assert early.status is Status.COMPLETED
    assert early.result["best_epoch"] == ended - 2 < 28
    longer = _continued(store, early, ended + 30)
    assert longer.status is Status.COMPLETED
    assert longer.progress.epoch >= ended + 3  # it had its patience again
    assert longer.result["best_epoch"] > ended
    losses = {
        event.body["epoch"]: event.body["val_loss"] for event in store.events(longer.id, kind="epoch")
    }
    assert longer.result["val_loss"] == min(loss for epoch, loss in losses.items() if epoch > ended)
