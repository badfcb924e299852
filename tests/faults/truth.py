"""Whether what the store says of a run is so, by what the kernel says of processes and locks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from core.errors import LayerLabError
from core.runs.run import Run, Status
from core.runs.store import RunStore
from tests.contract.processes import alive


def untruth(store: RunStore, run_id: str) -> str:
    """Return what the store says of a run that is not so; empty where all is."""
    try:
        run = store.get(run_id)
    except LayerLabError as error:
        return f"it can't be read: {error}"
    writers = [pid for pid in holders(run) if alive(pid)]
    owner = owner_of(store, run_id)
    match run.status:
        case Status.QUEUED:
            return "" if not owner or held(store, owner) else "it is queued with a foreman that is gone"
        case Status.RUNNING:
            if not writers:
                return "it runs, but no process is at it"
            return "" if owner and held(store, owner) else "it runs without a foreman"
        case Status.FAILED | Status.INTERRUPTED if not run.reason:
            return f"it is {run.status} without a reason"
        case _:
            return f"it is {run.status}, and a process is at it" if writers else ""


def owner_of(store: RunStore, run_id: str) -> str:
    """Return the foreman that has taken a run, as the database names it."""
    with closing(sqlite3.connect(store.home / "runs.sqlite3")) as database:
        row = database.execute("SELECT owner FROM runs WHERE id = ?", (run_id,)).fetchone()
    return str(row[0]) if row else ""


def held(store: RunStore, owner: str) -> bool:
    """Return whether a foreman lives: whether its lock is held."""
    path = store.home / "foremen" / f"{owner}.lock"
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


def holders(run: Run) -> list[int]:
    """Return the processes that hold a run's lock file open."""
    lock = run.folder / "writer.lock"
    return [pid for pid in psutil.pids() if _holds(pid, lock)]


def _holds(pid: int, lock: Path) -> bool:
    try:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            if handle.is_symlink() and handle.readlink() == lock:
                return True
    except OSError:  # gone meanwhile, or another person's
        return False
    return False
