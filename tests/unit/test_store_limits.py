"""The run store's limits: what is over stays as it is, and what is no run harms none."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import RunNotFound, RunRefused
from core.experiment.experiment import Experiment
from core.runs.run import Order, OrderKind, Progress, Request, Run, Status
from core.runs.schema import VERSION
from core.runs.seals import seal
from core.runs.store import RunStore

POINT = ("point", {"epoch": 0.5, "loss": 1.25})
OVER = [status for status in Status if status.over]


CHANGES: dict[str, Callable[[RunStore, str], object]] = {
    "claim": lambda store, run: store.claim(run, "other"),
    "begin": lambda store, run: store.begin(run),
    "complete": lambda store, run: store.finish(run, Status.COMPLETED, "x", {"loss": 1.0}),
    "fail": lambda store, run: store.finish(run, Status.FAILED, "x"),
    "record": lambda store, run: store.record(run, Progress(epoch=9), [POINT]),
    "pause": lambda store, run: store.ask(run, Request.PAUSE),
    "stop": lambda store, run: store.ask(run, Request.STOP),
    "step": lambda store, run: store.order(run, Order(OrderKind.STEP_BATCH)),
    "rate": lambda store, run: store.order(run, Order(OrderKind.RATE, 0.5)),
    "explain": lambda store, run: store.explain(run, "It waits."),
    "mistakes": lambda store, run: store.keep_latest(run, "answers", {"epoch": 9}, attempt=1),
    "release": lambda store, run: store.release(run, "Closed."),
    "release all": lambda store, run: store.release_all("foreman", "Closed."),
    "look for orphans": lambda store, run: store.orphans(),
}


@pytest.mark.parametrize("status", OVER)
@pytest.mark.parametrize("change", CHANGES)
def test_a_run_that_is_over_never_changes_by_itself(
    store: RunStore, running: Run, status: Status, change: str
) -> None:
    store.record(running.id, Progress(epoch=1), [POINT])
    store.finish(running.id, status, "", {"loss": 0.1})
    before, events = store.get(running.id), store.events(running.id)
    assert not CHANGES[change](store, running.id)
    assert store.get(running.id) == before
    assert store.events(running.id) == events
    assert store.control(running.id).orders == ()
    assert store.latest_of(running.id, "answers") is None


@pytest.mark.parametrize("status", OVER)
def test_only_an_interrupted_run_can_be_queued_again(store: RunStore, running: Run, status: Status) -> None:
    store.finish(running.id, status, "x")
    before = store.get(running.id)
    assert store.resume(running.id) is (status is Status.INTERRUPTED)
    if status.final:
        assert store.get(running.id) == before


def test_a_running_run_is_not_queued_again(store: RunStore, running: Run) -> None:
    assert not store.claim(running.id, "other")
    assert not store.begin(running.id)
    assert store.get(running.id).status is Status.RUNNING


STRANGE = [
    "",
    "nope",
    "..",
    "../..",
    "/",
    "'; DROP TABLE runs; --",
    "' OR '1'='1",
    "%",
    "\x00",
    "x" * 100_000,
    "😀",
]


@pytest.mark.parametrize("run_id", STRANGE)
def test_an_id_that_is_no_run_finds_none_and_harms_none(store: RunStore, running: Run, run_id: str) -> None:
    with pytest.raises(RunNotFound):
        store.get(run_id)
    with pytest.raises(RunNotFound):
        store.delete(run_id)
    assert store.events(run_id) == []
    assert not store.claim(run_id, "foreman")
    assert not store.begin(run_id)
    assert not store.finish(run_id, Status.FAILED)
    store.ask(run_id, Request.STOP)
    store.order(run_id, Order(OrderKind.STEP_EPOCH))
    store.rename(run_id, "x")
    store.release(run_id, "x")
    assert not store.register(run_id, 1, 1)
    assert not store.resume(run_id)
    assert not store.restore(run_id)
    assert store.newest() == [running]
    assert running.folder.is_dir()


@pytest.mark.parametrize(
    "name", ["'; DROP TABLE runs; --", "<script>alert(1)</script>", "../../x", "%s {0}", "😀"]
)
def test_a_name_is_only_a_name(store: RunStore, queued: Run, name: str) -> None:
    store.rename(queued.id, name)
    run = store.create(Experiment(), name)
    assert (store.get(queued.id).name, run.name) == (name, name)
    assert run.folder.parent == store.home / "runs"
    assert len(store.newest()) == 2


def test_runs_of_a_newer_layerlab_are_refused_in_words(tmp_path: Path) -> None:
    RunStore(tmp_path)
    with closing(sqlite3.connect(tmp_path / "runs.sqlite3")) as database:
        (mark,) = database.execute("PRAGMA application_id").fetchone()
        database.execute("PRAGMA user_version = 99")
        database.execute(f"PRAGMA application_id = {mark - VERSION + 99}")
    with pytest.raises(RunRefused, match="newer LayerLab"):
        RunStore(tmp_path)


def test_a_run_that_cannot_be_read_hides_no_other(store: RunStore, tmp_path: Path) -> None:
    foreign, own = store.create(Experiment(), "foreign"), store.create(Experiment(), "own")
    with closing(sqlite3.connect(tmp_path / "runs.sqlite3")) as database, database:
        database.create_function("seal_of", -1, seal)
        database.execute("UPDATE runs SET experiment = '{\"schema\": 99}' WHERE id = ?", (foreign.id,))
    assert [run.id for run in store.newest()] == [own.id]
