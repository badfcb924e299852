"""What foremen and workers do with runs: take, begin, tell, close."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core.errors import StorageFailed
from core.runs.database import mending
from core.runs.journal import Journal
from core.runs.reading import OVER, Reader, last_seq, marks
from core.runs.rows import insert_events, keep_copies, rebuild
from core.runs.run import Control, Event, Order, OrderKind, Progress, Request, Status

MOST_TRIES = 3
"""How often a run is begun by itself without getting as far as another checkpoint."""


@mending
class Work(Reader):
    """What a foreman and the worker of a run may do."""

    def __init__(self, home: Path) -> None:
        """Open the store of a data directory, made if need be; see `Reader`."""
        super().__init__(home)
        self._told: dict[str, int] = {}  # the newest event of each run that was written from here

    # --- a foreman ---

    def claim(self, run_id: str, owner: str) -> bool:
        """Take a queued run for a foreman; False where it has one, or is no longer queued."""
        done = self._change(
            "owner = ?", (owner,), "id = ? AND status = ? AND owner = ''", (run_id, Status.QUEUED.value)
        )
        return done == 1

    def unclaimed(self) -> list[str]:
        """Return the ids of queued runs that no foreman has taken, oldest first."""
        with self._database.connect() as database:
            rows = database.execute(
                "SELECT id FROM runs WHERE status = ? AND owner = '' AND deleted IS NULL ORDER BY number",
                (Status.QUEUED.value,),
            )
            return [row["id"] for row in rows.fetchall()]

    def owned(self, owner: str) -> list[str]:
        """Return the ids of a foreman's runs that are queued or running."""
        with self._database.connect() as database:
            rows = database.execute(
                f"SELECT id FROM runs WHERE owner = ? AND status NOT IN ({marks(OVER)})", (owner, *OVER)
            )
            return [row["id"] for row in rows.fetchall()]

    def explain(self, run_id: str, reason: str) -> None:
        """Say what a queued run waits for."""
        self._change("reason = ?", (reason,), "id = ? AND status = ?", (run_id, Status.QUEUED.value))

    def begin(self, run_id: str) -> int:
        """Move a run from queued to running.

        Returns:
            The number of this beginning, to write with from now on; 0 where it is no longer queued.
        """
        with self._database.connect() as database:
            done = database.execute(
                "UPDATE runs SET status = ?, reason = '', attempt = attempt + 1, tries = tries + 1"
                " WHERE id = ? AND status = ?",
                (Status.RUNNING.value, run_id, Status.QUEUED.value),
            )
            if done.rowcount == 0:
                return 0
            row = database.execute("SELECT attempt FROM runs WHERE id = ?", (run_id,)).fetchone()
        self._keep_card(run_id)
        return int(row["attempt"])

    def finish(
        self,
        run_id: str,
        status: Status,
        reason: str = "",
        result: Mapping[str, float] | None = None,
        attempt: int | None = None,
    ) -> bool:
        """Close a run; False where it was over already or begun anew, and nothing is changed then.

        Args:
            run_id: The run.
            status: What it ended as.
            reason: Why, in words, where that is not plain.
            result: Its final figures.
            attempt: The beginning that is closed; any where it is None.

        Raises:
            ValueError: The status is none that a run can end with.
        """
        if not status.over:
            raise ValueError(f"a run can't end {status}")
        values = (status.value, reason, json.dumps(dict(result or {}), allow_nan=False), time.time())
        # a run that was resumed before its last process had ended: that this was interrupted is known
        known = attempt is not None and status is Status.INTERRUPTED
        last_word = (
            "status = ?, reason = ?, result = ?, ended = ?, worker = ''",
            values,
            f"id = ? AND status NOT IN ({marks(OVER)}) AND (? IS NULL OR attempt = ?)"
            " AND NOT (? AND status = ?)",
            (run_id, *OVER, attempt, attempt, known, Status.QUEUED.value),
        )
        try:
            done = self._change(*last_word, durable=True)
        except StorageFailed:
            if not self._database.drop_ballast():
                raise
            done = self._change(*last_word)
        self._keep_card(run_id)
        return done == 1

    # --- a worker ---

    def register(self, run_id: str, attempt: int, worker: int) -> bool:
        """Note which process trains a run; False where the run was begun anew meanwhile."""
        done = self._change("worker = ?", (str(worker),), "id = ? AND attempt = ?", (run_id, attempt))
        self._keep_card(run_id)
        return done == 1

    def held(self) -> AbstractContextManager[None]:
        """Keep the database open meanwhile, so that many small writes are quick."""
        return self._database.held()

    def worker_of(self, run_id: str) -> int | None:
        """Return the process id that registered to train a run, or None."""
        with self._database.connect() as database:
            row = database.execute("SELECT worker FROM runs WHERE id = ?", (run_id,)).fetchone()
        return int(row["worker"]) if row and row["worker"] else None

    def record(
        self,
        run_id: str,
        progress: Progress,
        events: Sequence[tuple[str, Mapping[str, Any]]] = (),
        attempt: int | None = None,
        durable: bool = False,
    ) -> bool:
        """Append events and note the progress, in one transaction.

        Args:
            run_id: A running run of the caller's.
            progress: How far it is now.
            events: Pairs of kind and body; figures must be finite.
            attempt: The beginning that the caller writes for; any where it is None.
            durable: Whether the events must survive a power cut from now on.

        Returns:
            False where the run is not running, or was begun anew; nothing is changed then.

        Raises:
            StorageFailed: The disk is full, or the data directory can't be written.
        """
        journal = Journal(self.home / "runs" / run_id)
        with self._database.connect(durable) as database:
            running = database.execute(
                "UPDATE runs SET progress = ? WHERE id = ? AND status = ? AND (? IS NULL OR attempt = ?)",
                (json.dumps(asdict(progress)), run_id, Status.RUNNING.value, attempt, attempt),
            )
            if running.rowcount == 0:
                return False
            last = last_seq(database, run_id)
            if last < self._told.get(run_id, 0):  # a damaged file was replaced, or lost its newest pages
                insert_events(database, run_id, [each for each in journal.read() if each.seq > last])
                last = last_seq(database, run_id)
            added = [
                Event(last + number, kind, dict(body))
                for number, (kind, body) in enumerate(events, start=1)
            ]
            insert_events(database, run_id, added)
        journal.append(added)
        self._told[run_id] = last + len(added)
        return True

    def keep_latest(self, run_id: str, kind: str, body: Mapping[str, Any], attempt: int) -> bool:
        """Keep the newest of something of which only that is wanted; False as in `record`."""
        with self._database.connect() as database:
            done = database.execute(
                "INSERT OR REPLACE INTO latest (run_id, kind, body) SELECT id, ?, ? FROM runs"
                " WHERE id = ? AND status = ? AND attempt = ?",
                (kind, json.dumps(body, allow_nan=False), run_id, Status.RUNNING.value, attempt),
            )
            return done.rowcount == 1

    def control(self, run_id: str) -> Control:
        """Return what is asked of a run; orders are handed out once. A deleted run is to stop."""
        with self._database.connect() as database:
            row = database.execute("SELECT request FROM runs WHERE id = ?", (run_id,)).fetchone()
            if row is None:
                return Control(Request.STOP)
            rows = database.execute(
                "SELECT number, kind, value FROM orders WHERE run_id = ? ORDER BY number", (run_id,)
            ).fetchall()
            if rows:
                database.execute(
                    "DELETE FROM orders WHERE run_id = ? AND number <= ?", (run_id, rows[-1]["number"])
                )
        orders = tuple(Order(OrderKind(each["kind"]), each["value"]) for each in rows)
        return Control(Request(row["request"]), orders)

    def progressed(self, run_id: str) -> None:
        """Note that a checkpoint was kept: the run may be begun anew as often as before."""
        self._change("tries = 0", (), "id = ?", (run_id,))

    def rewind(self, run_id: str, seq: int) -> None:
        """Forget the events after number `seq`, and take back from the journal what is missing before.

        A learning rate that a person had set since is set again: what is forgotten is what the network
        did, not what it was told.
        """
        journal = Journal(self.home / "runs" / run_id)
        self._told.pop(run_id, None)
        with self._database.connect() as database:
            rates = database.execute(
                "SELECT body FROM events WHERE run_id = ? AND seq > ? AND kind = 'rate' ORDER BY seq",
                (run_id, seq),
            ).fetchall()
            database.execute("DELETE FROM events WHERE run_id = ? AND seq > ?", (run_id, seq))
            database.execute("UPDATE runs SET generation = generation + 1 WHERE id = ?", (run_id,))
            missing = [event for event in journal.read() if last_seq(database, run_id) < event.seq <= seq]
            insert_events(database, run_id, missing)
            for row in rates[-1:]:
                database.execute(
                    "INSERT INTO orders (run_id, kind, value) VALUES (?, ?, ?)",
                    (run_id, OrderKind.RATE.value, json.loads(row["body"])["learning_rate"]),
                )
        journal.rewind(seq)

    # --- who owns what ---

    def foreman_lock(self, owner: str) -> FileLock:
        """Return the lock that the foreman called `owner` holds for as long as it lives."""
        return FileLock(self.home / "foremen" / f"{owner}.lock", timeout=0)

    def writer_lock(self, run_id: str) -> FileLock:
        """Return the lock that whoever trains a run holds meanwhile."""
        return FileLock(self.home / "runs" / run_id / "writer.lock")

    def orphans(self) -> list[str]:
        """Return the ids of runs under way whose foreman is gone."""
        with self._database.connect() as database:
            rows = database.execute(
                f"SELECT id, owner FROM runs WHERE owner != '' AND status NOT IN ({marks(OVER)})"
                " ORDER BY number",
                OVER,
            ).fetchall()
        dead = {owner: self._is_dead(owner) for owner in {row["owner"] for row in rows}}
        return [row["id"] for row in rows if dead[row["owner"]]]

    def left_behind(self, run_id: str) -> tuple[str, int | None]:
        """Return the foreman of an orphan, and the process that it had at it; "" where it is none now."""
        with self._database.connect() as database:
            row = database.execute("SELECT owner, worker FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None or not row["owner"] or not self._is_dead(row["owner"]):
            return "", None
        return row["owner"], int(row["worker"]) if row["worker"] else None

    def release(self, run_id: str, reason: str, owner: str | None = None) -> None:
        """Queue a run that is under way again, for whichever foreman comes first.

        One that got nowhere several times is interrupted instead, so that a run that brings the machine
        down does not do so for ever.

        Args:
            run_id: The run.
            reason: What happened, in a sentence.
            owner: Whose it has to be still: another foreman may have been quicker. Anybody's where None.
        """
        with self._database.connect() as database:
            database.execute("BEGIN IMMEDIATE")
            row = database.execute(
                "SELECT tries, attempt FROM runs WHERE id = ? AND (? IS NULL OR owner = ?)",
                (run_id, owner, owner),
            ).fetchone()
            if row is None:
                return
            again = row["tries"] < MOST_TRIES
            if again:
                database.execute(
                    "UPDATE runs SET status = ?, owner = '', worker = '', reason = ?"
                    f" WHERE id = ? AND status NOT IN ({marks(OVER)})",
                    (Status.QUEUED.value, f"{reason} It goes on by itself.", run_id, *OVER),
                )
        if again:
            self._keep_card(run_id)
        else:
            words = f"{reason} That happened {MOST_TRIES} times in a row. Press Resume to try again."
            self.finish(run_id, Status.INTERRUPTED, words, attempt=row["attempt"])

    def release_all(self, owner: str, reason: str) -> None:
        """Release the runs of a foreman that are under way; see `release`."""
        for run_id in self.owned(owner):
            self.release(run_id, reason, owner)

    def bury(self) -> None:
        """Remove the lock files of foremen that are gone."""
        for path in (self.home / "foremen").glob("*.lock"):
            self._is_dead(path.stem, bury=True)

    def _is_dead(self, owner: str, bury: bool = False) -> bool:
        lock = self.foreman_lock(owner)
        path = Path(lock.lock_file)
        if not path.exists():
            return True
        try:
            with lock:
                if bury:  # as it is held: a foreman that is just being born waits for it, and makes another
                    with suppress(OSError):
                        path.unlink()
                return True
        except Timeout:
            return False

    def check(self) -> None:
        """Read the whole database and mend it where it is damaged; then the runs' folders and it agree."""
        self._database.check()
        with suppress(StorageFailed), self._database.connect() as database:
            database.execute("BEGIN IMMEDIATE")  # nobody makes or removes a run meanwhile
            rebuild(database, self.home)
            keep_copies(database, self.home)

    # --- inside ---

    def _change(
        self,
        changes: str,
        values: Sequence[object],
        condition: str,
        which: Sequence[object],
        durable: bool = False,
    ) -> int:
        with self._database.connect(durable) as database:
            return database.execute(
                f"UPDATE runs SET {changes} WHERE {condition}", (*values, *which)
            ).rowcount
