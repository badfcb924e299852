"""The run store keeps the contract in its docstring: what persons and workers do, what is refused."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from core.errors import RunNotFound, RunRefused
from core.experiment.experiment import Experiment
from core.runs.run import Progress, Request, Run, Status
from core.runs.store import LONGEST_NAME, RunStore
from core.runs.wishes import new_id

POINT = ("point", {"epoch": 0.5, "loss": 1.25})
OVER = [status for status in Status if status.over]


# --- what a person does ---


def test_a_new_run_is_queued_and_says_all_that_was_asked(queued: Run) -> None:
    assert (queued.number, queued.name, queued.status) == (1, "first", Status.QUEUED)
    assert queued.experiment == Experiment().with_training(epochs=3)
    assert queued.progress == Progress(epochs=3)
    assert (queued.request, queued.reason, queued.result, queued.ended) == (Request.GO, "", {}, None)
    assert Experiment.from_json((queued.folder / "experiment.json").read_text("utf-8")) == queued.experiment
    assert not queued.has_model


def test_whoever_has_the_id_can_read_the_run_from_another_store_object(queued: Run, tmp_path: Path) -> None:
    assert RunStore(tmp_path).get(queued.id) == queued


def test_ids_cannot_be_guessed(store: RunStore) -> None:
    ids = {store.create(Experiment(), "a").id for _ in range(50)}
    assert len(ids) == 50
    assert all(len(each) == 16 for each in ids)


def test_no_id_looks_like_an_option_of_a_command_line() -> None:
    assert not [each for each in (new_id() for _ in range(2_000)) if "-" in each]


def test_runs_are_listed_newest_first_and_numbers_are_never_used_again(store: RunStore) -> None:
    assert store.latest() is None
    runs = [store.create(Experiment(), f"run {n}") for n in range(3)]
    assert [run.number for run in store.newest()] == [3, 2, 1]
    assert [run.number for run in store.newest(limit=2)] == [3, 2]
    store.ask(runs[2].id, Request.STOP)
    store.delete(runs[2].id)
    assert store.create(Experiment(), "next").number == 4
    latest = store.latest()
    assert latest is not None
    assert latest.name == "next"


def test_the_newest_completed_runs_are_named_and_no_others(store: RunStore) -> None:
    runs = [store.create(Experiment(), f"run {number}") for number in range(4)]
    for run in (runs[0], runs[2], runs[3]):
        store.begin(run.id)
    store.finish(runs[0].id, Status.COMPLETED)
    store.finish(runs[2].id, Status.COMPLETED)
    store.finish(runs[3].id, Status.FAILED, "No more memory.")
    assert store.newest_completed(5) == (runs[2].id, runs[0].id)
    assert store.newest_completed(1) == (runs[2].id,)


def test_a_request_is_what_was_asked_last_until_it_is_stop(store: RunStore, running: Run) -> None:
    for request in (Request.PAUSE, Request.GO, Request.PAUSE, Request.STOP):
        store.ask(running.id, request)
        assert store.request_of(running.id) is request
    store.ask(running.id, Request.GO)
    assert store.request_of(running.id) is Request.STOP
    assert store.get(running.id).status is Status.RUNNING


def test_a_queued_run_stops_at_once_and_nobody_can_begin_it(store: RunStore, queued: Run) -> None:
    store.ask(queued.id, Request.STOP)
    stopped = store.get(queued.id)
    assert stopped.status is Status.STOPPED
    assert stopped.ended is not None
    assert not store.claim(queued.id, "foreman")
    assert not store.begin(queued.id)


@pytest.mark.parametrize("request_", [Request.GO, Request.PAUSE])
def test_other_requests_leave_a_queued_run_queued(store: RunStore, queued: Run, request_: Request) -> None:
    store.ask(queued.id, request_)
    assert store.get(queued.id).status is Status.QUEUED


def test_names_are_tidied_cut_and_never_empty(store: RunStore, queued: Run) -> None:
    store.rename(queued.id, "  my \n\t run ")
    assert store.get(queued.id).name == "my run"
    store.rename(queued.id, "ä" * 500)
    assert store.get(queued.id).name == "ä" * LONGEST_NAME
    with pytest.raises(RunRefused, match="needs a name"):
        store.rename(queued.id, " \n ")
    assert store.get(queued.id).name == "ä" * LONGEST_NAME


def test_a_run_that_cannot_be_made_leaves_nothing(store: RunStore) -> None:
    with pytest.raises(RunRefused):
        store.create(Experiment(), "  ")
    assert store.newest() == []
    assert list((store.home / "runs").iterdir()) == []


def test_what_is_deleted_for_good_takes_its_files_and_events_along(store: RunStore, running: Run) -> None:
    store.record(running.id, Progress(), [POINT])
    (running.folder / "model.keras").write_bytes(b"x")
    store.finish(running.id, Status.COMPLETED)
    store.delete(running.id)
    with pytest.raises(RunNotFound):
        store.get(running.id)
    store.purge(older_than=0)
    assert not running.folder.exists()
    assert store.events(running.id) == []
    assert store.request_of(running.id) is Request.STOP
    assert not store.restore(running.id)
    with sqlite3.connect(store.home / "runs.sqlite3") as database:
        assert database.execute("SELECT COUNT(*) FROM events").fetchone() == (0,)
    database.close()


def test_a_run_under_way_cannot_be_deleted(store: RunStore, queued: Run) -> None:
    for status in ("queued", "running"):
        with pytest.raises(RunRefused, match=f"still {status}"):
            store.delete(queued.id)
        assert store.get(queued.id).folder.is_dir()
        store.begin(queued.id)


# --- what a worker does ---


def test_events_are_numbered_without_gaps_and_read_from_where_one_left_off(
    store: RunStore, running: Run
) -> None:
    progress = Progress(epoch=1, epochs=3, step=5, steps=10, seconds=1.5, samples_per_second=64.0)
    store.record(running.id, progress, [POINT, ("epoch", {"epoch": 1, "val_loss": 0.5})])
    store.record(running.id, progress)
    store.record(running.id, progress, [POINT])
    events = store.events(running.id)
    assert [event.seq for event in events] == [1, 2, 3]
    assert [event.kind for event in events] == ["point", "epoch", "point"]
    assert events[0].body == POINT[1]
    assert store.events(running.id, after=2) == events[2:]
    assert store.events(running.id, after=3) == []
    assert store.get(running.id).progress == progress


@pytest.mark.parametrize(("after", "count"), [(-1, 1), (10**30, 0), (-(10**30), 1)])
def test_any_whole_number_may_be_asked_for(store: RunStore, running: Run, after: int, count: int) -> None:
    store.record(running.id, Progress(), [POINT])
    assert len(store.events(running.id, after=after)) == count


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_figures_that_are_not_finite_are_refused_and_nothing_of_the_call_is_kept(
    store: RunStore, running: Run, value: float
) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.record(running.id, Progress(epoch=2), [POINT, ("point", {"loss": value})])
    assert store.events(running.id) == []
    assert store.get(running.id) == running
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.finish(running.id, Status.COMPLETED, result={"loss": value})
    assert store.get(running.id) == running


def test_a_run_belongs_to_the_foreman_that_took_it_first(store: RunStore, queued: Run) -> None:
    assert store.unclaimed() == [queued.id]
    assert store.claim(queued.id, "first")
    assert not store.claim(queued.id, "second")
    assert not store.claim(queued.id, "first")
    assert store.unclaimed() == []
    store.release_all("second", "Closed.")
    assert store.unclaimed() == []


def test_runs_that_nobody_took_are_listed_oldest_first(store: RunStore, running: Run) -> None:
    waiting = [store.create(Experiment(), f"run {n}") for n in range(3)]
    store.ask(waiting[1].id, Request.STOP)
    assert store.unclaimed() == [waiting[0].id, waiting[2].id]


def test_a_run_begins_once(store: RunStore, queued: Run) -> None:
    wins: list[int] = []
    threads = [threading.Thread(target=lambda: wins.append(store.begin(queued.id))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wins) == [0] * 7 + [1]


def test_a_finished_run_says_how_it_ended(store: RunStore, running: Run) -> None:
    assert store.finish(running.id, Status.FAILED, "No more memory.", {"loss": 0.5})
    failed = store.get(running.id)
    assert (failed.status, failed.reason, failed.result) == (
        Status.FAILED,
        "No more memory.",
        {"loss": 0.5},
    )
    assert failed.ended is not None
    assert failed.ended >= failed.created


def test_a_model_is_there_only_once_the_run_is_over(store: RunStore, running: Run) -> None:
    running.model_path.write_bytes(b"x")
    assert not store.get(running.id).has_model
    store.finish(running.id, Status.COMPLETED)
    assert store.get(running.id).has_model
