"""Runs that an earlier LayerLab has written are there after an update, and nothing of them is lost."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import RunRefused
from core.experiment.experiment import Experiment
from core.runs.journal import Journal
from core.runs.run import Event, Progress, Request, Run, Status
from core.runs.schema import COLUMNS, MIGRATIONS, VERSION
from core.runs.seals import seal
from core.runs.store import RunStore

DESIGN = Experiment().with_training(epochs=2)
# as version 1 made its tables, letter by letter: never to be changed
VERSION_1 = """
CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    owner TEXT NOT NULL DEFAULT '',
    request TEXT NOT NULL,
    experiment TEXT NOT NULL,
    progress TEXT NOT NULL,
    result TEXT NOT NULL DEFAULT '{}',
    created REAL NOT NULL,
    ended REAL
);
CREATE TABLE events (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;
PRAGMA user_version = 1;
"""
PROGRESS = (
    '{"epoch": 2, "epochs": 2, "step": 2, "steps": 2, "seconds": 0.4, "samples_per_second": 9.5,'
    ' "paused": false}'
)
RUNS = [
    # id, name, status, reason, owner, request, result, ended
    ("completed-run--id", "first", "completed", "", "a", "go", '{"loss": 0.25}', 1700000009.5),
    ("failed-run-----id", "second", "failed", "No more memory.", "a", "go", "{}", 1700000019.5),
    ("stopped-run----id", "third", "stopped", "", "a", "stop", "{}", 1700000029.5),
    ("lost-run-------id", "fourth", "running", "", "long-gone", "go", "{}", None),
    ("waiting-run----id", "fifth", "queued", "", "", "go", "{}", None),
]
EVENTS = [
    ("point", '{"epoch": 0.5, "step": 1, "seconds": 0.1, "loss": 2.5}'),
    ("epoch", '{"epoch": 1, "step": 2, "seconds": 0.2, "loss": 2.25, "val_loss": 2.5}'),
    ("epoch", '{"epoch": 2, "step": 4, "seconds": 0.4, "loss": 0.25, "val_loss": 0.5}'),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data directory as LayerLab 1 left it."""
    with closing(sqlite3.connect(tmp_path / "runs.sqlite3")) as database, database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(VERSION_1)
        for number, (run_id, name, status, reason, owner, request, result, ended) in enumerate(RUNS):
            database.execute(
                "INSERT INTO runs (id, name, status, reason, owner, request, experiment, progress, result,"
                " created, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(run_id, name, status, reason, owner, request, DESIGN.to_json(), PROGRESS, result),
                    *(1_700_000_000.25 + number, ended),
                ),
            )
            folder = tmp_path / "runs" / run_id
            folder.mkdir(parents=True)
            (folder / "experiment.json").write_text(DESIGN.to_json(indent=2), "utf-8")
            database.executemany(
                "INSERT INTO events (run_id, seq, kind, body) VALUES (?, ?, ?, ?)",
                [(run_id, seq, *event) for seq, event in enumerate(EVENTS, start=1)],
            )
    (tmp_path / "runs" / "completed-run--id" / "model.keras").write_bytes(b"a model")
    return tmp_path


def test_all_runs_of_version_1_are_there_with_all_that_was_known(home: Path) -> None:
    store = RunStore(home)
    runs = store.newest()[::-1]
    assert [run.number for run in runs] == [1, 2, 3, 4, 5]
    for run, (run_id, name, status, reason, _, request, result, ended) in zip(runs, RUNS, strict=True):
        assert run == Run(
            id=run_id,
            number=run.number,
            name=name,
            status=Status(status),
            reason=reason,
            experiment=DESIGN,
            request=Request(request),
            progress=Progress(2, 2, 2, 2, 0.4, 9.5, False, None),
            result=json.loads(result),
            created=1_700_000_000.25 + run.number - 1,
            ended=ended,
            folder=home / "runs" / run_id,
        )
        wanted = [Event(seq, kind, json.loads(body)) for seq, (kind, body) in enumerate(EVENTS, start=1)]
        assert store.events(run_id) == wanted
    assert runs[0].has_model


def test_runs_of_version_1_can_be_used_like_new_ones(home: Path) -> None:
    store = RunStore(home)
    assert store.create(Experiment(), "new").number == 6
    assert store.orphans() == ["lost-run-------id"]
    store.release("lost-run-------id", "LayerLab was closed.")
    assert store.begin("lost-run-------id") == 1
    assert store.record("lost-run-------id", Progress(), [("point", {"epoch": 0.5})], attempt=1)
    store.annotate("completed-run--id", "Still here.")
    store.delete("failed-run-----id")
    assert store.restore("failed-run-----id")
    assert store.get("completed-run--id").notes == "Still here."


def test_runs_of_version_1_outlive_a_damaged_database_too(home: Path) -> None:
    store = RunStore(home)
    store.check()  # as every foreman does when it starts
    known = [run for run in store.newest() if run.status.over]
    events = {run.id: store.events(run.id) for run in known}
    assert [Journal(run.folder).read() for run in known] == list(events.values())
    (home / "runs.sqlite3").write_bytes(b"\0" * 9_000)
    for ending in ("-wal", "-shm"):
        (home / f"runs.sqlite3{ending}").unlink(missing_ok=True)
    again = RunStore(home)
    assert again.newest() == known
    assert {run.id: again.events(run.id) for run in known} == events


@pytest.mark.parametrize("done", range(1, VERSION))
def test_an_update_that_was_interrupted_goes_on_where_it_was(home: Path, done: int) -> None:
    with closing(sqlite3.connect(home / "runs.sqlite3")) as database:
        database.create_function("seal_of", -1, seal)
        for number in range(1, done):
            database.executescript(
                f"BEGIN; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;"
            )
    first = RunStore(home).newest()
    assert [run.id for run in first] == [run_id for run_id, *_ in RUNS[::-1]]
    assert RunStore(home).newest() == first
    assert not list(home.glob("damaged-*"))
    with closing(sqlite3.connect(home / "runs.sqlite3")) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (VERSION,)
        columns = [row[1] for row in database.execute("PRAGMA table_info(runs)")]
    assert {*columns} == {*COLUMNS, "seal"}


def test_what_a_newer_layerlab_wrote_is_refused_and_left_as_it_is(home: Path) -> None:
    RunStore(home)
    with closing(sqlite3.connect(home / "runs.sqlite3")) as database:
        (mark,) = database.execute("PRAGMA application_id").fetchone()
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
        database.execute(f"PRAGMA application_id = {mark + 1}")
    before = (home / "runs.sqlite3").read_bytes()
    with pytest.raises(RunRefused, match="newer LayerLab"):
        RunStore(home)
    assert (home / "runs.sqlite3").read_bytes() == before
    assert not list(home.glob("damaged-*"))
