"""The store's database: its tables, its connections, and rows read as runs."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from core.errors import InvalidExperiment, RunRefused
from core.experiment.experiment import Experiment
from core.runs.run import Progress, Request, Run, Status

_LOG = logging.getLogger(__name__)
SCHEMA = 1
_TABLES = """
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
"""


class Database:
    """The SQLite file of one data directory, in WAL mode."""

    def __init__(self, home: Path) -> None:
        """Open the database of a data directory, made if need be.

        Raises:
            RunRefused: A newer LayerLab has written it.
        """
        self.home = home
        self._path = home / "runs.sqlite3"
        with FileLock(home / "runs.sqlite3.lock"), self.connect() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA:
                raise RunRefused(
                    f"The runs in {home} were written by a newer LayerLab. Update this one, or name "
                    "another folder in LAYERLAB_HOME."
                )
            if version == 0:
                connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;")

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """Open a connection for one transaction: committed at the end, or rolled back by an error."""
        # a connection a call: cheap (0.1 ms), and safe in any thread and after any fork
        connection = sqlite3.connect(self._path, timeout=30)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
            with connection:
                yield connection
        finally:
            connection.close()

    def run_or_none(self, row: sqlite3.Row) -> Run | None:
        """Return the run that a row holds, or None where only a newer LayerLab can read it."""
        try:
            return self.run(row)
        except (InvalidExperiment, ValueError, TypeError) as error:
            _LOG.warning("run %s can't be read: %s", row["number"], error)
            return None

    def run(self, row: sqlite3.Row) -> Run:
        """Return the run that a row of `runs` holds."""
        return Run(
            id=row["id"],
            number=row["number"],
            name=row["name"],
            status=Status(row["status"]),
            reason=row["reason"],
            experiment=Experiment.from_json(row["experiment"]),
            request=Request(row["request"]),
            progress=Progress(**json.loads(row["progress"])),
            result=json.loads(row["result"]),
            created=row["created"],
            ended=row["ended"],
            folder=self.home / "runs" / row["id"],
        )
