"""The tables of the run store, and how each version grew out of the one before."""

from __future__ import annotations

_FIRST = """
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
_KEPT = """
ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE runs ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN worker TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN collection TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN deleted REAL;
CREATE TABLE orders (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    value REAL NOT NULL DEFAULT 0
);
CREATE TABLE latest (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run_id, kind)
) WITHOUT ROWID;
"""
_REWOUND = """
ALTER TABLE runs ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
"""
COLUMNS = (
    *("number", "id", "name", "status", "reason", "owner", "request", "experiment", "progress", "result"),
    *("created", "ended", "notes", "tags", "attempt", "tries", "worker", "parent", "collection", "deleted"),
    "generation",
)
"""What is known of a run: the columns of `runs` that its seal is made of, in this order."""
_ROW = ", ".join(COLUMNS)
_SEALED = f"""
ALTER TABLE runs ADD COLUMN seal INTEGER;
ALTER TABLE events ADD COLUMN seal INTEGER;
UPDATE runs SET seal = seal_of({_ROW});
UPDATE events SET seal = seal_of(run_id, seq, kind, body);
CREATE TRIGGER runs_made AFTER INSERT ON runs BEGIN
    UPDATE runs SET seal = seal_of({_ROW}) WHERE number = NEW.number;
END;
CREATE TRIGGER runs_changed AFTER UPDATE OF {_ROW} ON runs BEGIN
    UPDATE runs SET seal = seal_of({_ROW}) WHERE number = NEW.number;
END;
"""
MIGRATIONS = (_FIRST, _KEPT, _REWOUND, _SEALED)
"""What makes version n + 1 of version n; never changed once released, only added to.

In `runs`: `owner` is the foreman that has taken it; `attempt` counts its beginnings; `tries` those since
the last checkpoint; `generation` how often its events were taken back; `worker` is the process that trains
it; `deleted` is when a person deleted it, who may still undo that. `orders` is what a run is to do once;
`latest` what only the newest of is kept. `seal` is a row's checksum: `core.runs.seals.seal` of the values,
which connections know as `seal_of`.
"""
VERSION = len(MIGRATIONS)
