"""Reading the runs of one data directory."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import RunNotFound, StorageFailed
from core.runs import curve as curves
from core.runs.database import Database, mending
from core.runs.files import storage
from core.runs.rows import damaged, events_of, intact, rebuild, run_of, run_or_none, write_card
from core.runs.run import Event, Request, Run, Status

_LOG = logging.getLogger(__name__)
OVER = tuple(status.value for status in Status if status.over)
_LARGEST = 2**63 - 1
"""The largest integer that SQLite holds."""


@mending
class Reader:
    """What any process may ask of the runs. A deleted run is not there."""

    def __init__(self, home: Path) -> None:
        """Open the store of a data directory, made if need be.

        Raises:
            RunRefused: A newer LayerLab has written it.
            StorageFailed: The folder can't be written.
        """
        self.home = home
        with storage():
            (home / "runs").mkdir(parents=True, exist_ok=True)
            (home / "foremen").mkdir(exist_ok=True)
        self._database = Database(home, rebuild)
        self._incomplete: set[str] = set()

    def get(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            RunNotFound: It was deleted, or never was.
        """
        with self._database.connect() as database:
            row = database.execute(
                "SELECT * FROM runs WHERE id = ? AND deleted IS NULL", (run_id,)
            ).fetchone()
            row = row and intact(row)
        if row is None:
            raise RunNotFound(
                "This run is not here: it was deleted, or its address was cut off. "
                "The Runs page lists all there are."
            )
        return run_of(row, self.home)

    def numbered(self, number: int) -> Run | None:
        """Return the run that people call by this number; None where it was deleted, or never was."""
        found = self._runs("deleted IS NULL AND number = ?", (min(max(number, 0), _LARGEST),), 1)
        return found[0] if found else None

    def newest(self, limit: int = 200) -> list[Run]:
        """Return the newest runs first; one that only a newer LayerLab can read is left out."""
        return self._runs("deleted IS NULL", (), limit)

    def under_way(self) -> list[Run]:
        """Return the runs that are queued or running, the newest first."""
        return self._runs(f"deleted IS NULL AND status NOT IN ({marks(OVER)})", OVER, 100)

    def of_collection(self, collection: str) -> list[Run]:
        """Return the runs that were started together, the first one first."""
        return self._runs("deleted IS NULL AND collection = ?", (collection,), 100)[::-1]

    def _runs(self, condition: str, values: Sequence[object], limit: int) -> list[Run]:
        with self._database.connect() as database:
            found = database.execute(
                f"SELECT * FROM runs WHERE {condition} ORDER BY number DESC LIMIT ?", (*values, limit)
            )
            rows = [intact(row) for row in found]
        return [run for row in rows if (run := run_or_none(row, self.home))]

    def newest_completed(self, limit: int) -> tuple[str, ...]:
        """Return the ids of the newest completed runs, without reading what they were."""
        with self._database.connect() as database:
            rows = database.execute(
                "SELECT id FROM runs WHERE status = ? AND deleted IS NULL ORDER BY number DESC LIMIT ?",
                (Status.COMPLETED.value, limit),
            )
            return tuple(run_id for (run_id,) in rows.fetchall())

    def latest(self) -> Run | None:
        """Return the newest run, or None where there is none."""
        return next(iter(self.newest(limit=1)), None)

    def events(self, run_id: str, after: int = 0, kind: str = "") -> list[Event]:
        """Return what happened since the event number `after`, oldest first; of one kind if named."""
        with self._database.connect() as database:
            rows = database.execute(
                "SELECT seq, kind, body, seal FROM events"
                " WHERE run_id = ? AND seq > ? AND (? = '' OR kind = ?) ORDER BY seq",
                (run_id, min(max(after, 0), _LARGEST), kind, kind),
            )
            found = events_of(run_id, rows)
            gap = not kind and found and found[-1].seq - max(after, 0) != len(found)
            if gap and run_id not in self._incomplete:
                self._incomplete.add(run_id)  # where it was not the database, the journal was damaged, too
                raise damaged("an event is missing")
            return found

    def curve(self, run_id: str, after: int = 0, most: int = 2_000) -> list[Event]:
        """Return what happened since the event number `after`, with at most `most` points.

        See `core.runs.curve`.
        """
        with self._database.connect() as database:
            try:
                return curves.curve(database, run_id, min(max(after, 0), _LARGEST), most)
            except (ValueError, KeyError, TypeError) as error:  # no such events were written
                raise damaged(f"the events of a run are not as they were written: {error}") from error

    def last_event(self, run_id: str, kind: str) -> Event | None:
        """Return the newest event of a kind, or None."""
        with self._database.connect() as database:
            rows = database.execute(
                "SELECT seq, kind, body, seal FROM events WHERE run_id = ? AND kind = ?"
                " ORDER BY seq DESC LIMIT 1",
                (run_id, kind),
            )
            return next(iter(events_of(run_id, rows)), None)

    def last_seq(self, run_id: str) -> int:
        """Return the number of the newest event; 0 where there is none."""
        with self._database.connect() as database:
            return last_seq(database, run_id)

    def latest_of(self, run_id: str, kind: str) -> dict[str, Any] | None:
        """Return what a run told last of what only the newest is kept of, or None."""
        with self._database.connect() as database:
            row = database.execute(
                "SELECT CAST(body AS BLOB) FROM latest WHERE run_id = ? AND kind = ?", (run_id, kind)
            ).fetchone()
        try:
            return dict(json.loads(row[0])) if row else None
        except (
            ValueError,
            TypeError,
        ) as error:  # it has no seal
            _LOG.error("the %s of run %s can't be read: %s", kind, run_id, error)
            return None

    def ahead_of(self, run: Run) -> int:
        """Return how many earlier runs are queued or running."""
        with self._database.connect() as database:
            row = database.execute(
                f"SELECT COUNT(*) FROM runs WHERE number < ? AND status NOT IN ({marks(OVER)})"
                " AND deleted IS NULL",
                (run.number, *OVER),
            ).fetchone()
        return int(row[0])

    def request_of(self, run_id: str) -> Request:
        """Return what a person has asked of a run; a deleted one is to stop."""
        with self._database.connect() as database:
            row = database.execute("SELECT request FROM runs WHERE id = ?", (run_id,)).fetchone()
        return Request(row["request"]) if row else Request.STOP

    # --- inside ---

    def _keep_card(self, run_id: str) -> None:
        """Write what the database says of a run into its folder, where that can be."""
        try:
            with self._database.connect() as database:
                row = database.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
        except StorageFailed as error:  # what was to be done is done and stands in the database
            _LOG.warning("the card of run %s can't be written: %s", run_id, error)
            return
        if row is not None:
            write_card(row, self.home)


def last_seq(database: sqlite3.Connection, run_id: str) -> int:
    """Return the number of a run's newest event; 0 where there is none."""
    row = database.execute(
        "SELECT COALESCE(MAX(seq), 0) FROM events WHERE run_id = ?", (run_id,)
    ).fetchone()
    return int(row[0])


def marks(values: Sequence[object]) -> str:
    """Return as many question marks as there are values."""
    return ", ".join("?" * len(values))
