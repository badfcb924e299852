"""A run whose process fails anywhere on its way is resumed, and ends as if nothing had been."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import keras
import numpy as np
import pytest

from core.data import library
from core.errors import DataUnavailable, StorageFailed
from core.experiment.experiment import Experiment
from core.home import home
from core.model import summary
from core.runs.checkpoints import Checkpoints
from core.runs.files import verify_checksum
from core.runs.journal import Journal
from core.runs.run import Control, Progress, Request, Run, Status
from core.runs.store import RunStore
from core.training import chunks, job, records, teller
from core.training.job import run_to_end
from core.training.state import State
from tests.contract.limits import files_up_to
from tests.unit.designs import FLAT, SOFTMAX, design, layer
from tests.unit.made_up import PICTURES

pytestmark = [
    pytest.mark.usefixtures("made_up_sources", "step_by_step"),
    pytest.mark.filterwarnings("ignore:.*run_functions_eagerly.*:UserWarning"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras 3.15, saving
]


@pytest.fixture
def store() -> RunStore:
    return RunStore(home())


def _design(**plan: object) -> Experiment:
    """Return a design where no order of samples matters: each step learns from all of them."""
    return design(PICTURES, FLAT, SOFTMAX).with_training(
        **{"batching": "all", "epochs": 3, "learning_rate": 0.01, **plan}
    )


def _weights(run: Run) -> list[np.ndarray]:
    verify_checksum(run.model_path)
    return list(keras.saving.load_model(run.model_path).get_weights())


Ending = tuple[Run, list[np.ndarray]]


def _whole(store: RunStore, experiment: Experiment) -> Ending:
    """Train a run that nothing happens to; return it with its weights."""
    run = store.create(experiment, "whole")
    run_to_end(store, run.id)
    found = store.get(run.id)
    return found, _weights(found)


def _assert_same_end(store: RunStore, run: Run, whole: Ending) -> None:
    """Compare a run with one that nothing happened to."""
    found = store.get(run.id)
    assert (found.status, found.reason) == (Status.COMPLETED, "")
    _assert_in_order(store, found)
    timeless = {"seconds": 0.0}
    assert found.result | timeless == pytest.approx(whole[0].result | timeless, rel=1e-4, abs=1e-6)
    for one, other in zip(_weights(found), whole[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)
    assert not [*found.folder.rglob(".new-*")]


def _assert_in_order(store: RunStore, run: Run) -> None:
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


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> type[Failing]:
    """Have the job talk to a listener that fails; it is told as often however fast this machine is."""
    monkeypatch.setattr(teller, "EVENT_SECONDS", 0.0)
    monkeypatch.setattr(job, "StoreListener", Failing)
    monkeypatch.setattr(Failing, "number", 0)
    return Failing


def _interrupted(store: RunStore, run: Run, words: str = "disk is full") -> None:
    """Have a run begun again, and see it interrupted."""
    if store.get(run.id).status is Status.INTERRUPTED:
        assert store.resume(run.id)
    run_to_end(store, run.id)
    found = store.get(run.id)
    assert found.status is Status.INTERRUPTED
    assert words in found.reason


def _completed(store: RunStore, run: Run) -> Run:
    """Have an interrupted run resumed, and see it completed."""
    assert store.resume(run.id)
    run_to_end(store, run.id)
    return store.get(run.id)


def test_a_run_that_fails_before_anything_it_says_ends_as_if_nothing_had_been(
    store: RunStore, failing: type[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teller, "MISTAKES_SECONDS", 0.0)
    whole = _whole(store, _design(epochs=2))
    said = list(failing.calls)
    assert {*said} == {"record", "control", "keep", "mistakes"}
    for number in (1, *range(4, len(said) + 1)):  # the first epoch is told by the fourth
        run = store.create(_design(epochs=2), f"it fails before call {number}")
        failing.number = number
        _interrupted(store, run)
        assert not store.get(run.id).has_model
        failing.number = 0
        _completed(store, run)
        _assert_same_end(store, run, whole)
        assert store.get(run.id).attempt == 2


def test_a_run_that_fails_again_and_again_ends_as_if_nothing_had_been(
    store: RunStore, failing: type[Failing]
) -> None:
    whole, run = _whole(store, _design()), store.create(_design(), "again and again")
    for number in (9, 2, 3, 3, 4, 5):
        failing.number = number
        _interrupted(store, run)
    failing.number = 0
    _completed(store, run)
    _assert_same_end(store, run, whole)


def test_a_run_that_fails_as_it_leaves_its_files_trains_nothing_again_and_leaves_them(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _whole(store, _design())
    run = store.create(_design(), "again and again")
    stages = [(records, "write_csv"), (records, "write_tensorboard"), (summary, "printed")]
    for room, name in [*stages, (job, "write_whole"), (job, "write_checksum")]:
        with monkeypatch.context() as patch:
            patch.setattr(room, name, _disk_is_full)
            _interrupted(store, run)
        told = store.events(run.id)
        monkeypatch.setattr(keras.Model, "fit", _never)
    _completed(store, run)
    assert store.events(run.id) == told
    _assert_same_end(store, run, whole)


def _disk_is_full(*arguments: object) -> None:
    raise StorageFailed("The disk is full.")


def _never(*arguments: object, **named: object) -> None:
    raise AssertionError("what was trained to the end is trained again")


def test_a_run_goes_on_from_the_newest_whole_checkpoint_or_begins_anew(
    store: RunStore, failing: type[Failing]
) -> None:
    whole = _whole(store, _design(epochs=4))
    run = store.create(_design(epochs=4), "damaged")
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
    found = _completed(store, run)
    assert found.attempt == 3
    assert store.last_event(run.id, "resume") is None  # it began anew
    _assert_same_end(store, run, whole)


def test_where_the_data_are_gone_what_was_learned_waits_for_them(
    store: RunStore, failing: type[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.create(_design(), "without its data")
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
    _completed(store, run)
    resumed = store.last_event(run.id, "resume")
    assert resumed is not None
    assert resumed.body["epoch"] == kept


def test_a_process_whose_run_was_begun_anew_says_no_more(
    store: RunStore, failing: type[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.create(_design(epochs=50), "begun anew")

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
    run = store.create(_design(epochs=1_000), "stopped")
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
    assert _completed(store, run).status is Status.COMPLETED
    _assert_in_order(store, run)


# --- a finished run is continued ---


def _continued(store: RunStore, run: Run, epochs: int) -> Run:
    """Have a finished run's network trained to so many epochs in all."""
    longer = run.experiment.with_training(epochs=epochs)
    newest = Checkpoints(run.checkpoints).newest()
    assert newest is not None
    found = store.create(longer, "longer", parent=run, checkpoint=newest)
    run_to_end(store, found.id)
    return store.get(found.id)


def test_a_completed_run_continued_ends_where_a_longer_one_does(store: RunStore) -> None:
    whole, (short, weights) = _whole(store, _design(epochs=4)), _whole(store, _design(epochs=2))
    before = store.get(short.id)
    longer = _continued(store, before, 4)
    _assert_same_end(store, longer, whole)
    (seam,) = store.events(longer.id, kind="resume")
    assert (seam.body["epoch"], seam.body["step"]) == (2, 2)
    seconds = [event.body["seconds"] for event in store.events(longer.id)]
    assert seconds == sorted(seconds)
    assert store.get(short.id) == before
    assert all(np.array_equal(*each) for each in zip(_weights(before), weights, strict=True))


def test_a_continued_run_that_fails_before_its_first_epoch_goes_on_from_where_the_other_ended(
    store: RunStore, failing: type[Failing]
) -> None:
    whole, (short, _) = _whole(store, _design(epochs=4)), _whole(store, _design(epochs=2))
    failing.number = 3
    longer = _continued(store, short, 4)
    assert longer.status is Status.INTERRUPTED
    failing.number = 0
    _completed(store, longer)
    _assert_same_end(store, longer, whole)


def test_a_stopped_run_can_be_continued(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "SECONDS", 0.0)
    monkeypatch.setattr(teller, "EVENT_SECONDS", 0.0)
    run = store.create(_design(batching="mini_batch", batch_size=16), "stopped")
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
    _assert_in_order(store, longer)


def test_a_run_that_ended_early_can_be_continued_and_counts_from_there(store: RunStore) -> None:
    # so large that it gets worse at once
    plan = {"early_stopping": True, "patience": 2, "learning_rate": 0.5, "epochs": 30}
    first = store.create(_design(**plan), "early")
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
