"""The run store between processes: writers at once, and orphans told by an operating-system lock."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from core.experiment.experiment import Experiment
from core.runs.run import Progress, Run, Status
from core.runs.store import RunStore

ROOT = Path(__file__).resolve().parents[2]
WRITE = """
from core.runs.run import Progress
for number in range(100):
    body = {"epoch": number, "loss": 1 / (number + 1)}
    store.record(argument, Progress(epoch=number), [("point", body), ("epoch", body)])
"""
HOLD = """
with store.foreman_lock(argument):
    print("held", flush=True)
    sys.stdin.read()
"""
OPEN = "store.create(Experiment(), argument)"
MEET = """
for number in range(20):
    assert len(store.newest()) >= 3 and len(store.events(argument)) == 9
store.check()
store.create(Experiment(), "another")
"""


def _start(code: str, home: Path, argument: str) -> subprocess.Popen[str]:
    head = (
        "import sys\nfrom pathlib import Path\nfrom core.experiment.experiment import Experiment\n"
        "from core.runs.store import RunStore\nstore, argument = RunStore(Path(sys.argv[1])), sys.argv[2]\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", head + code, str(home), argument],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _end(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)
    assert process.returncode == 0


@contextmanager
def _foreman(home: Path, owner: str) -> Iterator[subprocess.Popen[str]]:
    """Hold a foreman's lock in a process of its own."""
    process = _start(HOLD, home, owner)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


def _owned(store: RunStore, owner: str, begun: bool) -> Run:
    run = store.create(Experiment(), "a run")
    assert store.claim(run.id, owner)
    assert not begun or store.begin(run.id)
    return store.get(run.id)


def test_two_processes_write_to_two_runs_at_once(store: RunStore) -> None:
    runs = [_owned(store, "foreman", begun=True) for _ in range(2)]
    for process in [_start(WRITE, store.home, run.id) for run in runs]:
        _end(process)
    for run in runs:
        events = store.events(run.id)
        assert [event.seq for event in events] == list(range(1, 201))
        assert [event.body["epoch"] for event in events] == [number // 2 for number in range(200)]
        assert store.get(run.id).progress.epoch == 99


def test_processes_that_open_a_fresh_home_together_find_one_store(tmp_path: Path) -> None:
    for process in [_start(OPEN, tmp_path, f"run {number}") for number in range(3)]:
        _end(process)
    assert sorted(run.number for run in RunStore(tmp_path).newest()) == [1, 2, 3]


@pytest.mark.parametrize("damage", ["garbage", "flipped", "emptied"])
def test_processes_that_meet_a_damaged_store_together_mend_it_once(store: RunStore, damage: str) -> None:
    runs = [_owned(store, "foreman", begun=True) for _ in range(3)]
    for run in runs:
        store.record(run.id, Progress(epoch=1), [("point", {"epoch": number / 9}) for number in range(9)])
    before = {run.id: (store.get(run.id).status, store.events(run.id)) for run in runs}
    path = store.home / "runs.sqlite3"
    whole = path.read_bytes()
    place = whole.rindex(b'"epoch":') + 2
    path.write_bytes(
        {
            "garbage": b"garbage" * 5_000,
            "flipped": whole[:place] + b"?" + whole[place + 1 :],
            "emptied": b"",
        }[damage]
    )
    processes = [_start(MEET, store.home, runs[-1].id) for _ in range(4)]
    for process in processes:
        _end(process)
    after = RunStore(store.home)
    assert len(after.newest()) == 3 + len(processes)
    assert {run.id: (after.get(run.id).status, after.events(run.id)) for run in runs} == before
    assert [path.name for path in store.home.glob("damaged-*")] == ["damaged-1"] * (damage != "emptied")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("begun", [True, False], ids=["running", "queued"])
def test_a_run_is_an_orphan_only_once_its_foreman_is_gone(store: RunStore, begun: bool) -> None:
    run, other = _owned(store, "living", begun), store.create(Experiment(), "nobody's yet")
    with _foreman(store.home, "living") as foreman:
        assert store.orphans() == []
        foreman.kill()  # SIGKILL: it cannot say goodbye
        foreman.wait()
        assert store.orphans() == [run.id]
    assert store.get(run.id) == run
    store.release(run.id, "LayerLab was killed.")
    released = store.get(run.id)
    assert (released.status, released.ended) == (Status.QUEUED, None)
    assert released.reason == "LayerLab was killed. It goes on by itself."
    assert store.unclaimed() == [run.id, other.id]
    assert store.orphans() == []


def test_only_the_runs_of_the_foreman_that_is_gone_are_orphans(store: RunStore) -> None:
    lost, kept = _owned(store, "gone", begun=True), _owned(store, "living", begun=True)
    over = _owned(store, "gone", begun=True)
    store.finish(over.id, Status.COMPLETED)
    with _foreman(store.home, "living"):
        assert store.orphans() == [lost.id]
    assert store.orphans() == [lost.id, kept.id]


def test_a_closing_foreman_gives_back_its_runs_but_not_those_of_others_or_that_are_over(
    store: RunStore,
) -> None:
    queued, running, over = (_owned(store, "mine", begun=begun) for begun in (False, True, True))
    store.finish(over.id, Status.COMPLETED)
    other = _owned(store, "other", begun=True)
    store.release_all("mine", "LayerLab was closed.")
    for run in (queued, running):
        assert store.get(run.id).status is Status.QUEUED
        assert store.get(run.id).reason == "LayerLab was closed. It goes on by itself."
        assert store.claim(run.id, "next")
        assert store.begin(run.id) == run.attempt + 1
        assert store.get(run.id).reason == ""
    assert store.get(over.id).status is Status.COMPLETED
    assert store.get(other.id) == other
