"""A run whose process fails anywhere on its way is resumed, and ends as if nothing had been."""

from __future__ import annotations

import os

import keras
import pytest

from core.data import library
from core.errors import DataUnavailable, StorageFailed
from core.model import summary
from core.runs.checkpoints import Checkpoints
from core.runs.run import Request, Run, Status
from core.runs.store import RunStore
from core.training import job, records, teller
from core.training.job import run_to_end
from tests.contract.endings import (
    Failing,
    assert_in_order,
    assert_same_end,
    completed,
    failing,
    steady,
    store,
    whole_run,
)
from tests.contract.limits import files_up_to
from tests.unit.designs import FLAT, SOFTMAX, design, layer
from tests.unit.made_up import PICTURES

__all__ = ["failing", "store"]  # fixtures
pytestmark = [
    pytest.mark.usefixtures("made_up_sources", "step_by_step"),
    pytest.mark.filterwarnings("ignore:.*run_functions_eagerly.*:UserWarning"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras 3.15, saving
]


def _interrupted(store: RunStore, run: Run, words: str = "disk is full") -> None:
    """Have a run begun again, and see it interrupted."""
    if store.get(run.id).status is Status.INTERRUPTED:
        assert store.resume(run.id)
    run_to_end(store, run.id)
    found = store.get(run.id)
    assert found.status is Status.INTERRUPTED
    assert words in found.reason


def test_a_run_that_fails_before_anything_it_says_ends_as_if_nothing_had_been(
    store: RunStore, failing: type[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teller, "MISTAKES_SECONDS", 0.0)
    whole = whole_run(store, steady(epochs=2))
    said = list(failing.calls)
    assert {*said} == {"record", "control", "keep", "mistakes"}
    for number in (1, *range(4, len(said) + 1)):  # the first epoch is told by the fourth
        run = store.create(steady(epochs=2), f"it fails before call {number}")
        failing.number = number
        _interrupted(store, run)
        assert not store.get(run.id).has_model
        failing.number = 0
        completed(store, run)
        assert_same_end(store, run, whole)
        assert store.get(run.id).attempt == 2


def test_a_run_that_fails_again_and_again_ends_as_if_nothing_had_been(
    store: RunStore, failing: type[Failing]
) -> None:
    whole, run = whole_run(store, steady()), store.create(steady(), "again and again")
    for number in (9, 2, 3, 3, 4, 5):
        failing.number = number
        _interrupted(store, run)
    failing.number = 0
    completed(store, run)
    assert_same_end(store, run, whole)


def test_a_run_that_fails_as_it_leaves_its_files_trains_nothing_again_and_leaves_them(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = whole_run(store, steady())
    run = store.create(steady(), "again and again")
    stages = [(records, "write_csv"), (records, "write_tensorboard"), (summary, "printed")]
    for room, name in [*stages, (job, "write_whole"), (job, "write_checksum")]:
        with monkeypatch.context() as patch:
            patch.setattr(room, name, _disk_is_full)
            _interrupted(store, run)
        told = store.events(run.id)
        monkeypatch.setattr(keras.Model, "fit", _never)
    completed(store, run)
    assert store.events(run.id) == told
    assert_same_end(store, run, whole)


def _disk_is_full(*arguments: object) -> None:
    raise StorageFailed("The disk is full.")


def _never(*arguments: object, **named: object) -> None:
    raise AssertionError("what was trained to the end is trained again")


def test_a_run_goes_on_from_the_newest_whole_checkpoint_or_begins_anew(
    store: RunStore, failing: type[Failing]
) -> None:
    whole = whole_run(store, steady(epochs=4))
    run = store.create(steady(epochs=4), "damaged")
    failing.number = 3 + 3 * failing.calls.count("keep")  # in the fourth epoch
    _interrupted(store, run)
    newest = Checkpoints(run.checkpoints).newest()
    assert newest is not None
    newest.write_bytes(newest.read_bytes()[:-1])
    failing.number = 3
    _interrupted(store, run)
    resumed = store.last_event(run.id, "resume")
    assert resumed is not None
    assert resumed.body["epoch"] == int(newest.stem) - 1
    for path in run.checkpoints.iterdir():
        path.write_bytes(b"x")
    failing.number = 0
    found = completed(store, run)
    assert found.attempt == 3
    assert store.last_event(run.id, "resume") is None  # it began anew
    assert_same_end(store, run, whole)


def test_where_the_data_are_gone_what_was_learned_waits_for_them(
    store: RunStore, failing: type[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.create(steady(), "without its data")
    failing.number = 9  # a checkpoint is there
    _interrupted(store, run)
    kept = Checkpoints(run.checkpoints).newest_epoch()
    assert kept > 0

    def gone(name: str) -> None:
        raise DataUnavailable("The data are not on this machine.")

    with monkeypatch.context() as patch:
        patch.setattr(library, "load", gone)
        _interrupted(store, run, "not on this machine")
    failing.number = 0
    completed(store, run)
    resumed = store.last_event(run.id, "resume")
    assert resumed is not None
    assert resumed.body["epoch"] == kept


def test_a_process_whose_run_was_begun_anew_says_no_more(
    store: RunStore, failing: type[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.create(steady(epochs=50), "begun anew")

    def overtake(listener: Failing) -> None:
        store.release(run.id, "LayerLab was closed.")
        assert store.begin(run.id) == 2

    monkeypatch.setattr(Failing, "_strike", overtake)
    failing.number = 4  # an epoch
    run_to_end(store, run.id)
    found = store.get(run.id)
    assert (found.status, found.attempt, found.result) == (Status.RUNNING, 2, {})
    assert not found.model_path.exists()
    assert store.events(run.id, kind="epoch") == []
    assert failing.calls == ["record", "control", "record", "record"]


def test_a_run_stopped_after_it_was_resumed_keeps_all_that_it_learned(
    store: RunStore, failing: type[Failing]
) -> None:
    run = store.create(steady(epochs=1_000), "stopped")
    failing.number = 12
    _interrupted(store, run)
    kept = Checkpoints(run.checkpoints).newest_epoch()
    failing.number = 0
    assert store.resume(run.id)
    store.begin(run.id)
    store.ask(run.id, Request.STOP)
    run_to_end(store, run.id, attempt=2)
    stopped = store.get(run.id)
    assert stopped.status is Status.STOPPED
    assert stopped.has_model
    assert [event.body["epoch"] for event in store.events(run.id, kind="epoch")][:kept] == [
        *range(1, kept + 1)
    ]
    assert stopped.result["test_loss"] > 0


@pytest.mark.skipif(os.name != "posix", reason="limits are other ones elsewhere")
def test_a_disk_that_is_full_interrupts_a_run_in_words_and_it_goes_on_once_there_is_room(
    store: RunStore,
) -> None:
    large = design(PICTURES, FLAT, layer("Dense", units=1_000), SOFTMAX).with_training(epochs=2)
    run = store.create(large, "large")
    with files_up_to(1_500_000):
        run_to_end(store, run.id)
    interrupted = store.get(run.id)
    assert interrupted.status is Status.INTERRUPTED
    assert interrupted.reason.startswith("The disk is full.")
    assert completed(store, run).status is Status.COMPLETED
    assert_in_order(store, run)
