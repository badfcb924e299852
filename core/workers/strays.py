"""Processes that were left over: a worker that was frozen when its foreman ended."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

_LOG = logging.getLogger(__name__)


def end(pid: int | None, lock: Path) -> None:
    """End a process where it still holds a run's lock file open.

    Args:
        pid: The process that had registered; another one may have its number by now. None: it did not
            come to that.
        lock: The lock file that only the run's own process holds open.
    """
    if not lock.exists() or _is_free(lock):
        return
    for process in _candidates(pid):
        try:
            if any(Path(file.path) == lock for file in process.open_files()):
                _LOG.warning("process %s was left over and is ended", process.pid)
                process.kill()
                process.wait(10)
                return
        except psutil.Error as error:  # gone by itself, or another person's
            _LOG.debug("process %s: %s", process.pid, error)


def _is_free(lock: Path) -> bool:
    try:
        with FileLock(lock, timeout=0):
            return True
    except Timeout:
        return False


def _candidates(pid: int | None) -> Iterable[psutil.Process]:
    if pid is None:
        return psutil.process_iter()
    return [psutil.Process(pid)] if psutil.pid_exists(pid) else []
