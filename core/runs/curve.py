"""A run's events for drawing: so few points that a browser stays quick, and every figure an honest mean."""

from __future__ import annotations

import json
import sqlite3

from core.runs.run import Event

_OF_ITS_LAST = frozenset({"epoch", "step", "seconds", "learning_rate"})
"""What a thinned point takes from the last of its points; everything else is a figure, and averaged."""
_LARGEST = 2**63 - 1
"""The largest integer that SQLite holds."""


def curve(connection: sqlite3.Connection, run_id: str, after: int, most: int) -> list[Event]:
    """Return what happened in a run since an event, with at most `most` points.

    Where there are more, neighbours are put together. A point is a mean over a stretch of batches, and
    so is the point that stands for several: the mean of their figures, at the position, step and time of
    the last. Its `points` says how many it stands for. Everything but points comes whole.

    Args:
        connection: The store's.
        run_id: The run.
        after: Events up to this number are left out.
        most: How many points at most; at least 1.

    Returns:
        The events, oldest first. The last number is that of the newest event there is.
    """
    if not connection.in_transaction:  # all queries see one state, even if the run is rewound meanwhile
        connection.execute("BEGIN")
    since = (run_id, min(max(after, 0), _LARGEST))
    count, first, last = connection.execute(
        "SELECT COUNT(*), MIN(seq), MAX(seq) FROM events WHERE run_id = ? AND seq > ? AND kind = 'point'",
        since,
    ).fetchone()
    if count <= max(most, 1):
        return _read(connection, "SELECT seq, kind, body FROM events WHERE run_id = ? AND seq > ?", since)
    found = _read(
        connection,
        "SELECT seq, kind, body FROM events WHERE run_id = ? AND seq > ? AND kind != 'point'",
        since,
    )
    found += _thinned(connection, run_id, first, last, max(most, 1))
    return sorted(found, key=lambda event: event.seq)


def _read(connection: sqlite3.Connection, query: str, values: tuple[str, int]) -> list[Event]:
    rows = connection.execute(f"{query} ORDER BY seq", values)
    return [Event(seq, kind, json.loads(body)) for seq, kind, body in rows]


def _thinned(connection: sqlite3.Connection, run_id: str, first: int, last: int, most: int) -> list[Event]:
    """Return the points from `first` to `last`, put together by equal stretches of event numbers."""
    (newest,) = connection.execute(
        "SELECT body FROM events WHERE run_id = ? AND seq = ?", (run_id, last)
    ).fetchone()
    names = [name for name in json.loads(newest) if name not in _OF_ITS_LAST]
    # inside SQLite, which reads 100,000 points in a tenth of a second and lets other threads work
    # meanwhile; beside MAX, a bare column is that of the row with the greatest value
    means = "".join(", AVG(json_extract(body, ?))" for _ in names)
    rows = connection.execute(
        f"SELECT MAX(seq), body, COUNT(*){means} FROM events"
        " WHERE run_id = ? AND seq BETWEEN ? AND ? AND kind = 'point' GROUP BY (seq - ?) * ? / ?",
        (*(f'$."{name}"' for name in names), run_id, first, last, first, most, last - first + 1),
    )
    return [
        Event(seq, "point", _point(json.loads(body), dict(zip(names, values, strict=True)), count))
        for seq, body, count, *values in rows
    ]


def _point(last: dict[str, float], means: dict[str, float | None], count: int) -> dict[str, float]:
    found = {name: float(f"{value:.6g}") for name, value in means.items() if value is not None}
    return {**last, **found, "points": count}
