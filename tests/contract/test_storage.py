"""A disk that is full, and a data directory that can't be written: said in words, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import StorageFailed
from core.experiment.experiment import Experiment
from core.runs.checkpoints import Checkpoints
from core.runs.database import Database
from core.runs.files import FULL, write_whole
from core.runs.journal import Journal
from core.runs.run import Event, Progress, Run, Status
from core.runs.store import RunStore
from tests.contract.limits import files_up_to

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65_534
POINT = ("point", {"epoch": 0.5, "loss": 1.25})
posix = pytest.mark.skipif(os.name != "posix", reason="rights and limits are other ones elsewhere")


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


@pytest.fixture
def running(store: RunStore) -> Run:
    run = store.create(Experiment(), "a run")
    assert store.begin(run.id)
    store.record(run.id, Progress(epoch=1), [POINT])
    return store.get(run.id)


# --- a full disk ---


@posix
def test_a_checkpoint_that_does_not_fit_is_refused_in_words_and_the_last_one_is_there(running: Run) -> None:
    checkpoints = Checkpoints(running.checkpoints)
    checkpoints.keep(1, b"whole")
    with files_up_to(100_000), pytest.raises(StorageFailed, match="disk is full"):
        checkpoints.keep(2, bytes(200_000))
    assert list(checkpoints.newest_first()) == [b"whole"]
    assert [path.name for path in running.checkpoints.iterdir()] == ["000001.checkpoint"]
    checkpoints.keep(2, bytes(200_000))
    assert checkpoints.newest_epoch() == 2


@posix
def test_a_file_that_was_there_stays_where_a_new_one_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(b"old")
    with files_up_to(1_000), pytest.raises(StorageFailed, match="disk is full"):
        write_whole(path, _write_much)
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


def _write_much(path: Path) -> None:
    path.write_bytes(bytes(9_000))


@posix
def test_an_event_that_the_journal_has_no_room_for_is_told_and_costs_no_earlier_one(
    store: RunStore, running: Run
) -> None:
    journal = Journal(running.folder)
    for seq in range(2, 40):
        journal.append([Event(seq, "point", {"epoch": seq / 10})])
    before, size = journal.read(), (running.folder / "events.jsonl").stat().st_size
    with files_up_to(size + 20), pytest.raises(StorageFailed, match="disk is full"):
        journal.append([Event(40, "point", {"epoch": 4.0, "loss": 1.0})])
    assert journal.read() == before
    journal.append([Event(40, "point", {"epoch": 4.0})])
    assert journal.read() == [*before, Event(40, "point", {"epoch": 4.0})]


@pytest.fixture
def full(store: RunStore, running: Run, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """A store whose database can't grow by another page: SQLite says that the disk is full."""
    pages = (store.home / "runs.sqlite3").stat().st_size // 4096
    opened = Database._opened

    def limited(database: Database) -> sqlite3.Connection:
        connection = opened(database)
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(Database, "_opened", limited)
    return store


def test_a_full_database_is_told_in_words_and_keeps_what_it_has(full: RunStore, running: Run) -> None:
    events = full.events(running.id)
    with pytest.raises(StorageFailed) as failed:
        full.record(running.id, Progress(epoch=2), [POINT] * 500)
    assert str(failed.value) == FULL
    assert full.events(running.id) == events == Journal(running.folder).read()
    assert full.get(running.id) == running
    assert full.finish(running.id, Status.INTERRUPTED, FULL)  # a last word takes no more room
    assert full.get(running.id).status is Status.INTERRUPTED


def test_a_run_that_does_not_fit_any_more_leaves_nothing(full: RunStore) -> None:
    names = (f"run {number}" for number in range(1_000))
    with pytest.raises(StorageFailed, match="disk is full"):
        deque((full.create(Experiment(), name) for name in names), maxlen=0)
    folders = {path.name for path in (full.home / "runs").iterdir()}
    assert folders == {run.id for run in full.newest(1_000)}


def test_there_is_room_aside_for_a_last_word(store: RunStore, running: Run) -> None:
    ballast = store.home / "ballast"
    assert ballast.stat().st_size == 1 << 20
    store._database.drop_ballast()
    assert not ballast.exists()
    RunStore(store.home)  # as soon as there is room again
    assert ballast.stat().st_size == 1 << 20


# --- no right to write ---

TRY = """
import os, sys
from pathlib import Path
from core.errors import LayerLabError
from core.experiment.experiment import Experiment
from core.runs.run import Order, OrderKind, Progress, Request, Status
from core.runs.store import RunStore
home, run, nobody = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = RunStore(home)
if nobody:
    os.setgid(nobody)
    os.setuid(nobody)
else:
    for path in (home, *home.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
for what in (
    lambda: RunStore(home),
    lambda: store.get(run),
    lambda: store.create(Experiment(), "x"),
    lambda: store.record(run, Progress(), [("point", {"epoch": 1.0})]),
    lambda: store.finish(run, Status.COMPLETED),
    lambda: store.ask(run, Request.STOP),
    lambda: store.order(run, Order(OrderKind.STEP_BATCH)),
    lambda: store.rename(run, "x"),
    lambda: store.delete(run),
    lambda: store.purge(0),
    lambda: store.check(),
):
    try:
        print("done", what())
    except LayerLabError as error:
        print(type(error).__name__, error)
"""
TRIED = 11


@pytest.fixture
def readable() -> Iterator[Path]:
    """A folder that everybody may look into, as pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="layerlab-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)
    shutil.rmtree(folder)


@posix
def test_where_nothing_may_be_written_everything_says_so_and_what_to_do(readable: Path) -> None:
    store = RunStore(readable)
    run = store.create(Experiment(), "a run")
    store.begin(run.id)
    before = store.get(run.id)
    nobody = NOBODY if os.getuid() == 0 else 0
    done = subprocess.run(
        [sys.executable, "-c", TRY, str(readable), run.id, str(nobody)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert len(said) == TRIED
    for line in said:
        assert line.startswith(f"StorageFailed {readable}")
        assert "can't be written. Give LayerLab the right to write there" in line
        assert "LAYERLAB_HOME" in line
    for path in (readable, *readable.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)
    assert store.get(run.id) == before
