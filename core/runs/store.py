"""The run store: SQLite (WAL) for what is asked and what happens, one folder a run for its files.

Contract:
- Whoever is given a run's id may read it. A web process creates runs, renames and deletes them, and
  sets requests; only the worker that a run belongs to writes its events, progress, status and result.
- Statuses only move forward: queued → running → completed | stopped | failed. A run that is over
  never changes, but for its name.
- A run belongs to a foreman (`core.workers`), which holds an operating-system lock for as long as
  it lives. A run that is not over and whose foreman's lock is free is an orphan: `settle_orphans`
  makes it failed. Kernels free locks however a process ends, so the status is never a guess.
- Every method may be called from any thread and process; each is one transaction.
"""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core.errors import RunNotFound, RunRefused
from core.experiment.experiment import Experiment
from core.runs.database import Database
from core.runs.run import Event, Progress, Request, Run, Status

_OVER = tuple(status.value for status in Status if status.over)
LONGEST_NAME = 80
_LARGEST = 2**63 - 1
"""The largest integer that SQLite holds."""


class RunStore:
    """The runs of one data directory."""

    def __init__(self, home: Path) -> None:
        """Open the store of a data directory, made if need be."""
        self.home = home
        (home / "runs").mkdir(parents=True, exist_ok=True)
        (home / "foremen").mkdir(exist_ok=True)
        self._database = Database(home)

    # --- reading ---

    def get(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            RunNotFound: It was deleted, or never was.
        """
        with self._database.connect() as database:
            row = database.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise RunNotFound(
                "This run is not here: it was deleted, or its address was cut off. "
                "The Runs page lists all there are."
            )
        return self._database.run(row)

    def newest(self, limit: int = 200) -> list[Run]:
        """Return the newest runs first; one that only a newer LayerLab can read is left out."""
        with self._database.connect() as database:
            rows = database.execute("SELECT * FROM runs ORDER BY number DESC LIMIT ?", (limit,))
            return [run for row in rows.fetchall() if (run := self._database.run_or_none(row))]

    def newest_completed(self, limit: int) -> tuple[str, ...]:
        """Return the ids of the newest completed runs, without reading what they were."""
        with self._database.connect() as database:
            rows = database.execute(
                "SELECT id FROM runs WHERE status = ? ORDER BY number DESC LIMIT ?",
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
                "SELECT seq, kind, body FROM events"
                " WHERE run_id = ? AND seq > ? AND (? = '' OR kind = ?) ORDER BY seq",
                (run_id, min(max(after, 0), _LARGEST), kind, kind),
            )
            return [Event(seq, kind, json.loads(body)) for seq, kind, body in rows.fetchall()]

    def last_event(self, run_id: str, kind: str) -> Event | None:
        """Return the newest event of a kind, or None."""
        with self._database.connect() as database:
            row = database.execute(
                "SELECT seq, kind, body FROM events WHERE run_id = ? AND kind = ?"
                " ORDER BY seq DESC LIMIT 1",
                (run_id, kind),
            ).fetchone()
        return Event(row["seq"], row["kind"], json.loads(row["body"])) if row else None

    def ahead_of(self, run: Run) -> int:
        """Return how many earlier runs are queued or running."""
        with self._database.connect() as database:
            row = database.execute(
                f"SELECT COUNT(*) FROM runs WHERE number < ? AND status NOT IN ({_marks(_OVER)})",
                (run.number, *_OVER),
            ).fetchone()
        return int(row[0])

    def request_of(self, run_id: str) -> Request:
        """Return what a person has asked of a run; a deleted one is to stop."""
        with self._database.connect() as database:
            row = database.execute("SELECT request FROM runs WHERE id = ?", (run_id,)).fetchone()
        return Request(row["request"]) if row else Request.STOP

    # --- what a person does ---

    def create(self, experiment: Experiment, name: str) -> Run:
        """Make a queued run of an experiment."""
        run_id = secrets.token_urlsafe(12)
        folder = self.home / "runs" / run_id
        progress = Progress(epochs=experiment.training.epochs)
        cleaned = _clean_name(name)
        with self._database.connect() as database:
            database.execute(
                "INSERT INTO runs (id, name, status, request, experiment, progress, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    run_id,
                    cleaned,
                    Status.QUEUED.value,
                    Request.GO.value,
                    experiment.to_json(),
                    json.dumps(asdict(progress)),
                    time.time(),
                ),
            )
            # inside the transaction: where the folder can't be made there is no run either
            folder.mkdir(parents=True)
            (folder / "experiment.json").write_text(experiment.to_json(indent=2), encoding="utf-8")
        return self.get(run_id)

    def ask(self, run_id: str, request: Request) -> None:
        """Ask a run to go on, pause or stop; a queued one stops at once, one that is over ignores it.

        A run that was asked to stop stays asked.
        """
        with self._database.connect() as database:
            database.execute(
                f"UPDATE runs SET request = ? WHERE id = ? AND request != ?"
                f" AND status NOT IN ({_marks(_OVER)})",
                (request.value, run_id, Request.STOP.value, *_OVER),
            )
            if request is Request.STOP:
                database.execute(
                    "UPDATE runs SET status = ?, ended = ? WHERE id = ? AND status = ?",
                    (Status.STOPPED.value, time.time(), run_id, Status.QUEUED.value),
                )

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name.

        Raises:
            RunRefused: The name is empty.
        """
        with self._database.connect() as database:
            database.execute("UPDATE runs SET name = ? WHERE id = ?", (_clean_name(name), run_id))

    def delete(self, run_id: str) -> None:
        """Delete a run and its files.

        Raises:
            RunRefused: It is still under way.
        """
        run = self.get(run_id)
        if not run.status.over:
            raise RunRefused(f"Run {run.number} is still {run.status}. Stop it before deleting it.")
        with self._database.connect() as database:
            database.execute("DELETE FROM runs WHERE id = ?", (run_id,))
        shutil.rmtree(run.folder, ignore_errors=True)

    # --- what a worker does ---

    def claim(self, run_id: str, owner: str) -> bool:
        """Take a queued run for a foreman; False where it has one, or is no longer queued."""
        with self._database.connect() as database:
            done = database.execute(
                "UPDATE runs SET owner = ? WHERE id = ? AND status = ? AND owner = ''",
                (owner, run_id, Status.QUEUED.value),
            )
            return done.rowcount == 1

    def unclaimed(self) -> list[str]:
        """Return the ids of queued runs that no foreman has taken, oldest first."""
        with self._database.connect() as database:
            rows = database.execute(
                "SELECT id FROM runs WHERE status = ? AND owner = '' ORDER BY number",
                (Status.QUEUED.value,),
            )
            return [row["id"] for row in rows.fetchall()]

    def begin(self, run_id: str) -> bool:
        """Move a run from queued to running; False where it is no longer queued."""
        return self._move(run_id, (Status.QUEUED,), "status = ?", (Status.RUNNING.value,))

    def record(
        self, run_id: str, progress: Progress, events: Sequence[tuple[str, Mapping[str, Any]]] = ()
    ) -> bool:
        """Append events and note the progress, in one transaction.

        Args:
            run_id: A running run of the caller's.
            progress: How far it is now.
            events: Pairs of kind and body; figures must be finite.

        Returns:
            False where the run is not running, and nothing is changed then.
        """
        with self._database.connect() as database:
            running = database.execute(
                "UPDATE runs SET progress = ? WHERE id = ? AND status = ?",
                (json.dumps(asdict(progress)), run_id, Status.RUNNING.value),
            )
            if running.rowcount == 0:
                return False
            (last,) = database.execute(
                "SELECT COALESCE(MAX(seq), 0) FROM events WHERE run_id = ?", (run_id,)
            ).fetchone()
            database.executemany(
                "INSERT INTO events (run_id, seq, kind, body) VALUES (?, ?, ?, ?)",
                [
                    (run_id, last + number, kind, json.dumps(body, allow_nan=False))
                    for number, (kind, body) in enumerate(events, start=1)
                ],
            )
        return True

    def finish(
        self,
        run_id: str,
        status: Status,
        reason: str = "",
        result: Mapping[str, float] | None = None,
    ) -> bool:
        """Close a run; False where it was over already, and nothing is changed then.

        Raises:
            ValueError: The status is none that a run can end with.
        """
        if not status.over:
            raise ValueError(f"a run can't end {status}")
        return self._move(
            run_id,
            (Status.QUEUED, Status.RUNNING),
            "status = ?, reason = ?, result = ?, ended = ?",
            (status.value, reason, json.dumps(dict(result or {}), allow_nan=False), time.time()),
        )

    # --- who owns what ---

    def foreman_lock(self, owner: str) -> FileLock:
        """Return the lock that the foreman called `owner` holds for as long as it lives."""
        return FileLock(self.home / "foremen" / f"{owner}.lock", timeout=0)

    def settle_orphans(self) -> None:
        """Close the runs whose foreman is gone."""
        with self._database.connect() as database:
            rows = database.execute(
                f"SELECT DISTINCT owner FROM runs WHERE owner != '' AND status NOT IN ({_marks(_OVER)})",
                _OVER,
            ).fetchall()
        for row in rows:
            if self._is_dead(row["owner"]):
                reason = "LayerLab was closed or killed while this run was under way."
                self.close_runs_of(row["owner"], reason)

    def close_runs_of(self, owner: str, reason: str) -> None:
        """Mark the runs of a foreman that are not over as failed.

        Args:
            owner: The foreman's name.
            reason: Why, in a sentence; what to do is added.
        """
        with self._database.connect() as database:
            rows = database.execute(
                f"SELECT id FROM runs WHERE owner = ? AND status NOT IN ({_marks(_OVER)})",
                (owner, *_OVER),
            ).fetchall()
        for row in rows:
            self.finish(row["id"], Status.FAILED, f"{reason} Train it again.")

    def _is_dead(self, owner: str) -> bool:
        lock = self.foreman_lock(owner)
        try:
            with lock:
                return True
        except Timeout:
            return False

    # --- inside ---

    def _move(
        self, run_id: str, allowed: tuple[Status, ...], changes: str, values: tuple[object, ...]
    ) -> bool:
        names = tuple(status.value for status in allowed)
        with self._database.connect() as database:
            done = database.execute(
                f"UPDATE runs SET {changes} WHERE id = ? AND status IN ({_marks(names)})",
                (*values, run_id, *names),
            )
            return done.rowcount == 1


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())[:LONGEST_NAME]
    if not cleaned:
        raise RunRefused("A run needs a name: write at least one letter.")
    return cleaned
