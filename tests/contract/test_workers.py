"""The real foreman and its workers: what is asked of them is done, whoever of them is killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from core.errors import DataUnavailable, InvalidExperiment, RunNotFound, RunRefused, WorkerLost
from core.runs.run import Request, Run, Status
from core.runs.store import RunStore
from core.workers.client import Workers
from tests.contract.foremen import (
    ENDLESS,
    IMAGE,
    START,
    design,
    over,
    start_run,
    under_way,
    with_checkpoint,
)
from tests.contract.processes import alive, descendants, kill, suspend, until, workers_below

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", autouse=True)
def _no_network(data_folder: Path) -> Iterator[None]:
    """Let every download fail at once, wherever the tests run; used by all, it comes before the workers."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.setenv(name, "http://127.0.0.1:9")
        patch.setenv("KERAS_HOME", str(data_folder / "keras"))
        yield


@pytest.fixture(scope="module")
def trained(store: RunStore, workers: Workers) -> Run:
    return over(store, start_run(store, workers, epochs=2))


def _ask(workers: Workers, run: Run) -> Future[Any]:
    return workers.call("predict", networks=[run.id], image=IMAGE, side=28)


def _shares(waiting: Future[Any]) -> list[float]:
    (answer,) = waiting.result(START)["answers"].values()
    shares: list[float] = answer["outputs"]
    return shares


def _answer_or_loss(waiting: Future[Any]) -> Any:
    try:
        return waiting.result(START)
    except WorkerLost:
        return "lost"


def test_digits_are_trained_to_the_end(trained: Run, store: RunStore) -> None:
    assert (trained.status, trained.reason) == (Status.COMPLETED, "")
    assert {"loss", "accuracy", "val_loss", "val_accuracy", "test_loss", "test_accuracy"} <= set(
        trained.result
    )
    assert trained.has_model
    epochs = [event.body["epoch"] for event in store.events(trained.id) if event.kind == "epoch"]
    assert epochs == [1, 2]


def test_a_prediction_is_one_share_for_each_class(trained: Run, workers: Workers) -> None:
    shares = _shares(_ask(workers, trained))
    assert len(shares) == 10
    assert all(0 <= share <= 1 for share in shares)
    assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_many_calls_at_once_are_all_answered_alike(trained: Run, workers: Workers) -> None:
    answers = [each.result(START) for each in [_ask(workers, trained) for _ in range(20)]]
    assert all(answer == answers[0] for answer in answers)


def test_errors_arrive_as_what_they_are(store: RunStore, workers: Workers) -> None:
    untrained = store.create(design(1), "never trained")
    with pytest.raises(RunNotFound, match="not here"):
        workers.call("inside", network="nope", image=IMAGE, side=28, target=None).result(START)
    with pytest.raises(RunRefused, match="no trained network"):
        workers.call("inside", network=untrained.id, image=IMAGE, side=28, target=None).result(START)
    with pytest.raises(InvalidExperiment, match="'cats' is not known"):
        workers.call("fetch", name="cats").result(START)


def test_a_fault_of_ours_arrives_as_an_error_and_harms_nobody(trained: Run, workers: Workers) -> None:
    with pytest.raises(RuntimeError):
        workers.call("predict", networks=7, image=IMAGE, side=28).result(START)
    assert len(_shares(_ask(workers, trained))) == 10


def test_a_download_without_a_network_says_so(workers: Workers, data_folder: Path) -> None:
    with pytest.raises(DataUnavailable, match="MNIST could not be downloaded") as unavailable:
        workers.call("fetch", name="mnist").result(START)
    assert str(data_folder / "datasets") in str(unavailable.value)


def test_a_run_can_be_paused_and_stopped_from_outside(store: RunStore, workers: Workers) -> None:
    run = start_run(store, workers, ENDLESS)
    under_way(store, run)
    store.ask(run.id, Request.PAUSE)
    until(lambda: store.get(run.id).progress.paused, 30, "the run is paused")
    seen = len(store.events(run.id))
    store.ask(run.id, Request.GO)
    until(lambda: len(store.events(run.id)) > seen, 30, "the run goes on")
    store.ask(run.id, Request.STOP)
    stopped = over(store, run)
    assert stopped.status is Status.STOPPED
    assert stopped.has_model
    assert "test_loss" in stopped.result


def test_a_killed_training_is_interrupted_with_a_reason_and_can_be_resumed(
    store: RunStore, workers: Workers
) -> None:
    before = descendants(workers.pid)
    run = start_run(store, workers, ENDLESS)
    following = start_run(store, workers, epochs=1)
    with_checkpoint(store, run)
    (child,) = descendants(workers.pid) - before
    kill(child)
    lost = over(store, run, seconds=5)
    assert lost.status is Status.INTERRUPTED
    assert ("killed (SIGKILL)" if os.name == "posix" else "ended unexpectedly") in lost.reason
    assert over(store, following).status is Status.COMPLETED
    assert store.resume(run.id)
    workers.train(run.id)
    until(lambda: store.last_event(run.id, "resume"), START, "the run goes on")
    store.ask(run.id, Request.STOP)
    assert over(store, run).status is Status.STOPPED


def test_killed_resident_workers_are_replaced(trained: Run, workers: Workers) -> None:
    expected = _ask(workers, trained).result(START)
    workers.call("fetch", name="digits").result(START)
    resident = workers_below(workers.pid)
    assert len(resident) >= 2  # one predicts, one fetches
    for pid in resident:
        kill(pid)
    until(lambda: not any(map(alive, resident)), 5, "the resident workers are gone")
    assert _ask(workers, trained).result(START) == expected  # another worker is asked again
    assert _answer_or_loss(workers.call("fetch", name="digits")) in (None, "lost")
    assert workers.call("fetch", name="digits").result(START) is None


def test_a_killed_foreman_is_replaced_and_its_run_goes_on_to_the_end(
    trained: Run, store: RunStore, workers: Workers
) -> None:
    epochs = 20
    run = start_run(store, workers, epochs)
    with_checkpoint(store, run)
    old, below = workers.pid, descendants(workers.pid)
    kill(old)
    until(lambda: not any(map(alive, below)), 30, "the lost foreman's workers are gone")
    until(lambda: workers.pid not in (None, old), START, "there is a new foreman")
    assert len(_shares(_ask(workers, trained))) == 10
    completed = over(store, run)
    assert (completed.status, completed.reason, completed.attempt) == (Status.COMPLETED, "", 2)
    events = store.events(run.id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    told = [event.body["epoch"] for event in events if event.kind == "epoch"]
    assert told == list(range(1, epochs + 1))
    (resumed,) = (event.body for event in events if event.kind == "resume")
    assert 1 <= resumed["epoch"] < epochs


def test_a_call_under_way_when_the_foreman_is_killed_is_answered(trained: Run, workers: Workers) -> None:
    suspend(workers.pid)
    waiting = _ask(workers, trained)
    kill(workers.pid)
    with pytest.raises(WorkerLost, match="Try again"):
        waiting.result(START)
    assert len(_shares(_ask(workers, trained))) == 10


def test_a_call_right_after_the_foreman_was_killed_is_answered(trained: Run, workers: Workers) -> None:
    expected = _ask(workers, trained).result(START)
    kill(workers.pid)
    assert _answer_or_loss(_ask(workers, trained)) in (expected, "lost")
    assert _ask(workers, trained).result(START) == expected


def test_a_run_asked_for_as_the_foreman_dies_does_not_wait_for_ever(
    store: RunStore, workers: Workers
) -> None:
    suspend(workers.pid)
    run = start_run(store, workers, epochs=1)  # the foreman will never read this
    kill(workers.pid)
    assert over(store, run).status is Status.COMPLETED
