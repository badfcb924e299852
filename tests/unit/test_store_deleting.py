"""A deleted run can be had back for an hour, whatever the clock does; then it is gone with its files."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from core.errors import RunNotFound
from core.experiment.experiment import Experiment
from core.runs import wishes
from core.runs.run import Progress, Run, Status
from core.runs.store import RunStore
from core.runs.wishes import UNDO_SECONDS

POINT = ("point", {"epoch": 0.5, "loss": 1.25})


@pytest.fixture
def over(store: RunStore, running: Run) -> Run:
    """A run that is over, with an event and a model."""
    store.record(running.id, Progress(epoch=1), [POINT])
    running.model_path.write_bytes(b"x")
    store.finish(running.id, Status.COMPLETED, result={"loss": 0.5})
    return store.get(running.id)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock of the machine; `seconds` is put forward and back by a test."""
    told = SimpleNamespace(seconds=time.time())
    monkeypatch.setattr(wishes, "time", SimpleNamespace(time=lambda: told.seconds))
    return told


def _is_listed(store: RunStore, run: Run) -> bool:
    listed = run.id in [each.id for each in store.newest()]
    try:
        store.get(run.id)
    except RunNotFound:
        assert not listed
        return False
    assert listed
    return True


def test_a_deleted_run_is_nowhere_and_comes_back_as_it_was(store: RunStore, over: Run) -> None:
    events = store.events(over.id)
    store.delete(over.id)
    assert not _is_listed(store, over)
    assert store.newest_completed(9) == ()
    assert store.latest() is None
    assert store.restore(over.id)
    assert store.get(over.id) == over
    assert store.get(over.id).has_model
    assert store.events(over.id) == events


def test_a_deleted_run_cannot_be_deleted_again_or_resumed(store: RunStore, running: Run) -> None:
    store.finish(running.id, Status.INTERRUPTED, "x")
    store.delete(running.id)
    with pytest.raises(RunNotFound):
        store.delete(running.id)
    assert not store.resume(running.id)
    assert store.restore(running.id)
    assert store.resume(running.id)


def test_what_was_deleted_is_kept_for_an_hour_and_no_longer(
    store: RunStore, over: Run, clock: SimpleNamespace
) -> None:
    store.delete(over.id)
    clock.seconds += UNDO_SECONDS - 1
    store.purge()
    assert over.folder.is_dir()
    clock.seconds += 1
    store.purge()
    assert not over.folder.exists()
    assert not store.restore(over.id)


def test_a_clock_that_is_put_back_loses_nothing_and_the_hour_begins_anew(
    store: RunStore, over: Run, clock: SimpleNamespace
) -> None:
    store.delete(over.id)
    clock.seconds -= 5 * UNDO_SECONDS
    store.purge()
    assert over.folder.is_dir()
    clock.seconds += UNDO_SECONDS - 1
    store.purge()
    assert over.folder.is_dir()
    clock.seconds += 1  # it is not kept for ever either
    store.purge()
    assert not over.folder.exists()


def test_a_clock_that_was_wrong_for_a_while_loses_nothing(
    store: RunStore, over: Run, clock: SimpleNamespace
) -> None:
    clock.seconds += 10 * 365 * 86_400  # deleted while the clock was ten years ahead
    store.delete(over.id)
    clock.seconds -= 10 * 365 * 86_400
    store.purge()
    assert store.restore(over.id)
    assert store.get(over.id) == over


def test_purging_takes_what_was_deleted_and_nothing_else(store: RunStore, over: Run) -> None:
    kept = store.create(Experiment(), "kept")
    store.delete(over.id)
    store.purge(older_than=0)
    assert not over.folder.exists()
    assert [run.id for run in store.newest()] == [kept.id]
    assert kept.folder.is_dir()
