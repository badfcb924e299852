"""A network that was trained elsewhere is a run like any other, and nobody trains it by mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import RunRefused, StorageFailed
from core.experiment.experiment import Experiment
from core.runs.files import verify_checksum
from core.runs.run import Run, Status
from core.runs.store import RunStore

NETWORK = b"a network"
FIGURES = {"test_loss": 0.25, "test_accuracy": 0.93}


def _adopt(store: RunStore, name: str = "theirs") -> Run:
    return store.adopt(Experiment(), name, _write, FIGURES, "Brought here.")


def _write(path: Path) -> None:
    path.write_bytes(NETWORK)


def test_it_is_completed_has_its_network_and_says_where_it_is_from(store: RunStore) -> None:
    run = _adopt(store)
    assert run == store.get(run.id) == store.newest()[0]
    assert (run.status, run.adopted, run.has_model) == (Status.COMPLETED, True, True)
    assert (run.result, run.notes, run.experiment) == (FIGURES, "Brought here.", Experiment())
    assert run.model_path.read_bytes() == NETWORK
    verify_checksum(run.model_path)
    assert store.events(run.id) == []


def test_a_run_of_our_own_was_not_adopted(store: RunStore, running: Run) -> None:
    store.finish(running.id, Status.COMPLETED)
    assert not store.get(running.id).adopted


def test_no_foreman_takes_it(store: RunStore) -> None:
    run = _adopt(store)
    assert store.unclaimed() == []
    assert not store.claim(run.id, "foreman")
    assert not store.begin(run.id)
    assert not store.resume(run.id)
    assert store.under_way() == []
    assert store.orphans() == []


def test_it_outlives_a_lost_database(store: RunStore, tmp_path: Path) -> None:
    run = _adopt(store)
    for path in tmp_path.glob("runs.sqlite3*"):
        path.unlink()
    again = RunStore(tmp_path).get(run.id)
    assert again == run
    assert again.adopted


def test_where_its_network_can_not_be_written_there_is_no_run(store: RunStore, tmp_path: Path) -> None:
    def fails(path: Path) -> None:
        path.write_bytes(b"half a net")
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageFailed):
        store.adopt(Experiment(), "theirs", fails, {})
    assert store.newest() == []
    assert list((tmp_path / "runs").iterdir()) == []


def test_it_needs_a_name_and_is_deleted_and_had_back_like_any_other(store: RunStore) -> None:
    with pytest.raises(RunRefused):
        _adopt(store, "  ")
    run = _adopt(store)
    store.delete(run.id)
    assert store.newest() == []
    assert store.restore(run.id)
    assert store.get(run.id).has_model
