"""What a person does with runs: start, steer, name, sort, delete."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import string
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from core.errors import RunRefused
from core.experiment.experiment import Experiment
from core.runs.database import mending
from core.runs.files import storage, write_checksum, write_whole
from core.runs.journal import Journal
from core.runs.reading import OVER, Reader, marks
from core.runs.rows import insert_events
from core.runs.run import Event, Order, OrderKind, Progress, Request, Run, Status

LONGEST_NAME = 80
LONGEST_NOTES = 10_000
MOST_TAGS = 12
LONGEST_TAG = 24
UNDO_SECONDS = 3_600.0
"""How long a deleted run can be had back."""
ID_LETTERS = string.ascii_letters + string.digits + "_"
"""Without a hyphen: a command line would take an id that begins with one for an option."""
_STOPPED_WAITING = "It was stopped while it waited to go on. Press Resume to go on from where it was."


@mending
class Wishes(Reader):
    """What a web process may do."""

    def create(
        self,
        experiment: Experiment,
        name: str,
        collection: str = "",
        parent: Run | None = None,
        checkpoint: Path | None = None,
    ) -> Run:
        """Make a queued run of an experiment.

        Args:
            experiment: What to train.
            name: What people call it.
            collection: A word for runs that are started together.
            parent: The finished run that it goes on from; its curves to the last whole epoch are copied.
            checkpoint: The file of that run's state.

        Raises:
            RunRefused: The name is empty.
            StorageFailed: The disk is full, or the data directory can't be written.
        """
        run_id = new_id()
        folder = self.home / "runs" / run_id
        progress = Progress(epochs=experiment.training.epochs)
        cleaned = _clean_name(name)
        begun = self._whole_epochs(parent) if parent else []
        try:
            with self._database.connect() as database:
                database.execute(
                    "INSERT INTO runs (id, name, status, request, experiment, progress, created,"
                    " collection, parent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(run_id, cleaned, Status.QUEUED.value, Request.GO.value, experiment.to_json()),
                        *(json.dumps(asdict(progress)), time.time(), collection),
                        parent.id if parent else "",
                    ),
                )
                insert_events(database, run_id, begun)
                # inside the transaction: where the folder can't be made there is no run either
                with storage():
                    folder.mkdir(parents=True)
                    text = experiment.to_json(indent=2)
                    (folder / "experiment.json").write_text(text, encoding="utf-8")
                    if checkpoint:
                        _share(checkpoint, folder / "checkpoints" / checkpoint.name)
                Journal(folder).append(begun)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._keep_card(run_id)
        return self.get(run_id)

    def adopt(
        self,
        experiment: Experiment,
        name: str,
        network: Callable[[Path], None],
        result: Mapping[str, float],
        notes: str = "",
    ) -> Run:
        """Make a completed run of a network that was trained elsewhere.

        Args:
            experiment: Its design.
            name: What people call it.
            network: Writes its `.keras` file, which only LayerLab's own builder may have made.
            result: Its figures, by Keras's names.
            notes: What is to be known of it.

        Raises:
            RunRefused: The name is empty.
            StorageFailed: The disk is full, or the data directory can't be written.
        """
        run_id = new_id()
        folder = self.home / "runs" / run_id
        now, cleaned = time.time(), _clean_name(name)
        try:
            with storage():
                folder.mkdir(parents=True)
                (folder / "experiment.json").write_text(experiment.to_json(indent=2), encoding="utf-8")
            write_whole(folder / "model.keras", network)
            write_checksum(folder / "model.keras")
            with self._database.connect() as database:
                database.execute(
                    "INSERT INTO runs (id, name, status, request, experiment, progress, result, notes,"
                    " created, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(run_id, cleaned, Status.COMPLETED.value, Request.GO.value, experiment.to_json()),
                        *(json.dumps(asdict(Progress())), json.dumps(dict(result), allow_nan=False)),
                        *(notes[:LONGEST_NOTES], now, now),
                    ),
                )
            Journal(folder).append([])
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._keep_card(run_id)
        return self.get(run_id)

    def _whole_epochs(self, parent: Run) -> list[Event]:
        last = self.last_event(parent.id, "epoch")
        return [event for event in self.events(parent.id) if last and event.seq <= last.seq]

    def ask(self, run_id: str, request: Request) -> None:
        """Ask a run to go on, pause or stop; one that is over ignores it.

        A run that was asked to stop stays asked. One that waits to begin is stopped at once; one that waits
        to go on is interrupted, so that what it has learned can still be had.
        """
        with self._database.connect() as database:
            _ask(database, run_id, request)
            if request is Request.STOP:
                for status, reason, attempts in (
                    (Status.STOPPED, "", "attempt = 0"),
                    (Status.INTERRUPTED, _STOPPED_WAITING, "attempt > 0"),
                ):
                    database.execute(
                        "UPDATE runs SET status = ?, reason = ?, ended = ? WHERE id = ? AND status = ?"
                        f" AND {attempts}",
                        (status.value, reason, time.time(), run_id, Status.QUEUED.value),
                    )
        self._keep_card(run_id)

    def order(self, run_id: str, order: Order) -> None:
        """Ask a run to do something once; one that is over ignores it.

        A step is taken from a pause: where the run is under way it pauses after that step.
        """
        with self._database.connect() as database:
            if order.kind is not OrderKind.RATE:
                _ask(database, run_id, Request.PAUSE)
            database.execute(
                "INSERT INTO orders (run_id, kind, value) SELECT id, ?, ? FROM runs"
                f" WHERE id = ? AND request != ? AND status NOT IN ({marks(OVER)})",
                (order.kind.value, order.value, run_id, Request.STOP.value, *OVER),
            )

    def resume(self, run_id: str) -> bool:
        """Queue an interrupted run again; False where it is not interrupted."""
        with self._database.connect() as database:
            done = database.execute(
                "UPDATE runs SET status = ?, owner = '', reason = '', request = ?, tries = 0, ended = NULL"
                " WHERE id = ? AND status = ? AND deleted IS NULL",
                (Status.QUEUED.value, Request.GO.value, run_id, Status.INTERRUPTED.value),
            )
        self._keep_card(run_id)
        return done.rowcount == 1

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name.

        Raises:
            RunRefused: The name is empty.
        """
        self._set(run_id, "name", _clean_name(name))

    def annotate(self, run_id: str, notes: str) -> None:
        """Keep what a person writes about a run."""
        self._set(run_id, "notes", notes.strip()[:LONGEST_NOTES])

    def tag(self, run_id: str, tags: Iterable[str]) -> None:
        """Give a run its tags; each is one short line, and none is there twice."""
        cleaned = dict.fromkeys(" ".join(tag.split())[:LONGEST_TAG] for tag in tags)
        self._set(run_id, "tags", json.dumps([tag for tag in cleaned if tag][:MOST_TAGS]))

    def _set(self, run_id: str, column: str, value: str) -> None:
        with self._database.connect() as database:
            database.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (value, run_id))
        self._keep_card(run_id)

    def delete(self, run_id: str) -> None:
        """Delete a run; it can be had back for an hour.

        Raises:
            RunNotFound: There is none.
            RunRefused: It is still under way.
        """
        run = self.get(run_id)
        with self._database.connect() as database:
            done = database.execute(
                f"UPDATE runs SET deleted = ? WHERE id = ? AND status IN ({marks(OVER)})",
                (time.time(), run_id, *OVER),
            )
        if done.rowcount == 0:
            raise RunRefused(f"Run {run.number} is still {run.status}. Stop it first, then delete it.")
        self._keep_card(run_id)

    def restore(self, run_id: str) -> bool:
        """Have a deleted run back; False where it is gone for good."""
        with self._database.connect() as database:
            done = database.execute("UPDATE runs SET deleted = NULL WHERE id = ?", (run_id,))
        self._keep_card(run_id)
        return done.rowcount == 1

    def purge(self, older_than: float = UNDO_SECONDS) -> None:
        """Remove for good what was deleted longer ago than `older_than` seconds, files included."""
        now = time.time()
        with self._database.connect() as database:
            # where the clock was put back, the time to undo begins anew
            database.execute("UPDATE runs SET deleted = ? WHERE deleted > ?", (now, now))
            rows = database.execute(
                "SELECT id FROM runs WHERE deleted <= ?", (now - older_than,)
            ).fetchall()
            database.executemany("DELETE FROM runs WHERE id = ?", [(row["id"],) for row in rows])
        for row in rows:
            shutil.rmtree(self.home / "runs" / row["id"], ignore_errors=True)


def _ask(database: sqlite3.Connection, run_id: str, request: Request) -> None:
    database.execute(
        f"UPDATE runs SET request = ? WHERE id = ? AND request != ? AND status NOT IN ({marks(OVER)})",
        (request.value, run_id, Request.STOP.value, *OVER),
    )


def _share(file: Path, target: Path) -> None:
    """Put a file that never changes into another folder, without a copy where that is possible."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, target)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(file, target)


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())[:LONGEST_NAME]
    if not cleaned:
        raise RunRefused("A run needs a name: write at least one letter.")
    return cleaned


def new_id() -> str:
    """Return what a run is called for ever; nobody can guess it."""
    return "".join(secrets.choice(ID_LETTERS) for _ in range(16))
