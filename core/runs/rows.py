"""Rows of the database read as runs, and a run's card: the same facts as a file in its folder."""

from __future__ import annotations

import functools
import json
import logging
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.errors import InvalidExperiment
from core.experiment.experiment import Experiment
from core.runs.files import write_whole
from core.runs.journal import Journal
from core.runs.run import Event, Progress, Request, Run, Status
from core.runs.schema import COLUMNS
from core.runs.seals import seal

_LOG = logging.getLogger(__name__)
CARD = "run.json"
_SEALED = (*COLUMNS, "seal")


def intact(row: sqlite3.Row) -> sqlite3.Row:
    """Return a row of `runs`.

    Raises:
        sqlite3.DatabaseError: It is not as it was written.
    """
    if row["seal"] != seal(*(row[name] for name in COLUMNS)):
        raise damaged("a run is not as it was written")
    return row


def events_of(run_id: str, rows: Iterable[tuple[int, str, str, int]]) -> list[Event]:
    """Return the events of a run from its rows: number, kind, body, seal.

    Raises:
        sqlite3.DatabaseError: One is not as it was written.
    """
    found = []
    for seq, kind, body, sealed in rows:
        if sealed != seal(run_id, seq, kind, body):
            raise damaged("an event is not as it was written")
        found.append(Event(seq, kind, json.loads(body)))
    return found


def insert_events(connection: sqlite3.Connection, run_id: str, events: Iterable[Event]) -> None:
    """Add events to a run."""
    rows = ((event.seq, event.kind, json.dumps(event.body, allow_nan=False)) for event in events)
    connection.executemany(
        "INSERT INTO events (run_id, seq, kind, body, seal) VALUES (?, ?, ?, ?, ?)",
        [(run_id, *row, seal(run_id, *row)) for row in rows],
    )


def run_of(row: sqlite3.Row, home: Path) -> Run:
    """Return the run that a row of `runs` holds."""
    return Run(
        id=row["id"],
        number=row["number"],
        name=row["name"],
        status=Status(row["status"]),
        reason=row["reason"],
        experiment=_experiment(row["experiment"]),
        request=Request(row["request"]),
        progress=Progress(**json.loads(row["progress"])),
        result=json.loads(row["result"]),
        created=row["created"],
        ended=row["ended"],
        folder=home / "runs" / row["id"],
        notes=row["notes"],
        tags=tuple(json.loads(row["tags"])),
        attempt=row["attempt"],
        generation=row["generation"],
        parent=row["parent"],
        collection=row["collection"],
    )


@functools.lru_cache(1_024)
def _experiment(document: str) -> Experiment:
    # lists are read at every click; an experiment is frozen, and most of the work of reading a run
    return Experiment.from_json(document)


def run_or_none(row: sqlite3.Row, home: Path) -> Run | None:
    """Return the run that a row holds, or None where only a newer LayerLab can read it."""
    try:
        return run_of(row, home)
    except (InvalidExperiment, ValueError, TypeError) as error:
        _LOG.warning("run %s can't be read: %s", row["number"], error)
        return None


def write_card(row: sqlite3.Row, home: Path) -> None:
    """Write a run's row as a file into its folder; where that fails the database has it all the same."""
    text = json.dumps({name: row[name] for name in _SEALED}, indent=1)
    path = _card_path(row, home)
    try:
        write_whole(path, lambda temporary: _write(temporary, text), durable=False)
    except Exception as error:  # a full disk, a folder that is gone: the run itself goes on
        _LOG.warning("%s can't be written: %s", path, error)


def _card_path(row: sqlite3.Row, home: Path) -> Path:
    return home / "runs" / str(row["id"]) / CARD


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def keep_copies(connection: sqlite3.Connection, home: Path) -> None:
    """Write anew what the folders of runs that are over lack of what `rebuild` would need.

    Raises:
        StorageFailed: The disk is full, or a folder can't be written.
    """
    for row in connection.execute("SELECT * FROM runs").fetchall():
        path = _card_path(row, home)
        if not (Status(row["status"]).over and path.parent.is_dir()):
            continue  # whoever is at it writes there
        if not path.exists() or _card(path) != {name: row[name] for name in _SEALED}:
            write_card(row, home)
        journal = Journal(path.parent)
        if not journal.exists:
            query = "SELECT seq, kind, body, seal FROM events WHERE run_id = ? ORDER BY seq"
            journal.append(events_of(row["id"], connection.execute(query, (row["id"],))))


def rebuild(connection: sqlite3.Connection, home: Path) -> None:
    """Add the runs whose folders are there and that the tables lack."""
    known = {row["id"] for row in connection.execute("SELECT id FROM runs")}
    cards = [card for path in sorted((home / "runs").glob(f"*/{CARD}")) if (card := _card(path))]
    for card in sorted(cards, key=lambda card: card["number"]):
        if card["id"] not in known:
            _add(connection, card)
            insert_events(connection, card["id"], Journal(home / "runs" / card["id"]).read())


def _add(connection: sqlite3.Connection, card: Mapping[str, Any]) -> None:
    names = ", ".join(COLUMNS)
    marks = ", ".join("?" * len(COLUMNS))
    for number in (card["number"], None):  # where another run has its number by now it gets a new one
        with suppress(sqlite3.IntegrityError):
            values = [number, *(card[name] for name in COLUMNS[1:])]
            connection.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", values)
            return


def _card(path: Path) -> Mapping[str, Any] | None:
    try:
        card = json.loads(path.read_text("utf-8"))
        if card["seal"] != seal(*(card[name] for name in COLUMNS)) or card["id"] != path.parent.name:
            raise ValueError("it is not this folder's card, or not as it was written")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        _LOG.error("the run in %s can't be read: %s", path.parent, error)
        return None
    return dict(card)


def damaged(words: str) -> sqlite3.DatabaseError:
    """Return the error that SQLite itself raises where a file is damaged."""
    error = sqlite3.DatabaseError(words)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error
