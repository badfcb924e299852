"""Rows of the database read as runs, and a run's card: the same facts as a file in its folder."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.errors import InvalidExperiment
from core.experiment.experiment import Experiment
from core.runs.files import write_whole
from core.runs.journal import Journal
from core.runs.run import Progress, Request, Run, Status

_LOG = logging.getLogger(__name__)
CARD = "run.json"
_COLUMNS = (
    *("number", "id", "name", "status", "reason", "owner", "request", "experiment", "progress", "result"),
    *(
        "created",
        "ended",
        "notes",
        "tags",
        "attempt",
        "tries",
        "generation",
        "worker",
        "parent",
        "collection",
        "deleted",
    ),
)


def run_of(row: sqlite3.Row, home: Path) -> Run:
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
        folder=home / "runs" / row["id"],
        notes=row["notes"],
        tags=tuple(json.loads(row["tags"])),
        attempt=row["attempt"],
        generation=row["generation"],
        parent=row["parent"],
        collection=row["collection"],
    )


def run_or_none(row: sqlite3.Row, home: Path) -> Run | None:
    """Return the run that a row holds, or None where only a newer LayerLab can read it."""
    try:
        return run_of(row, home)
    except (InvalidExperiment, ValueError, TypeError) as error:
        _LOG.warning("run %s can't be read: %s", row["number"], error)
        return None


def write_card(row: sqlite3.Row, home: Path) -> None:
    """Write a run's row as a file into its folder; where that fails the database has it all the same."""
    text = json.dumps(dict(row), indent=1)
    path = home / "runs" / row["id"] / CARD
    try:
        write_whole(path, lambda temporary: _write(temporary, text), durable=False)
    except Exception as error:  # a full disk, a folder that is gone: the run itself goes on
        _LOG.warning("%s can't be written: %s", path, error)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def rebuild(connection: sqlite3.Connection, home: Path) -> None:
    """Fill empty tables with the runs whose folders are there."""
    cards = [card for path in sorted((home / "runs").glob(f"*/{CARD}")) if (card := _card(path))]
    for card in sorted(cards, key=lambda card: card["number"]):
        names = ", ".join(_COLUMNS)
        marks = ", ".join("?" * len(_COLUMNS))
        with suppress(sqlite3.IntegrityError):  # two folders of one number: the first one has it
            connection.execute(
                f"INSERT INTO runs ({names}) VALUES ({marks})", [card[name] for name in _COLUMNS]
            )
            connection.executemany(
                "INSERT INTO events (run_id, seq, kind, body) VALUES (?, ?, ?, ?)",
                [
                    (card["id"], event.seq, event.kind, json.dumps(event.body))
                    for event in Journal(home / "runs" / card["id"]).read()
                ],
            )


def _card(path: Path) -> Mapping[str, Any] | None:
    try:
        card = json.loads(path.read_text("utf-8"))
        if card["id"] != path.parent.name or not all(name in card for name in _COLUMNS):
            raise ValueError("it is not this folder's card")
    except (OSError, ValueError, KeyError, TypeError) as error:
        _LOG.error("the run in %s can't be read: %s", path.parent, error)
        return None
    return dict(card)
