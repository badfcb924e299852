"""Processes that were left over: a worker that was frozen when its foreman ended."""

from __future__ import annotations

import logging
from pathlib import Path

import psutil

_LOG = logging.getLogger(__name__)


def end(pid: int | None, lock: Path) -> None:
    """End a process where it still holds a run's lock file open.

    Args:
        pid: The process that had registered; another one may have its number by now.
        lock: The lock file that only the run's own process holds open.
    """
    if pid is None:
        return
    try:
        process = psutil.Process(pid)
        if any(Path(file.path) == lock for file in process.open_files()):
            _LOG.warning("process %s was left over and is ended", pid)
            process.kill()
            process.wait(10)
    except psutil.Error as error:  # gone by itself, or another person's
        _LOG.info("process %s: %s", pid, error)
