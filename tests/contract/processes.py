"""Watching processes from outside, by what the kernel says of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import psutil

Found = TypeVar("Found")


def until(condition: Callable[[], Found], seconds: float, wanted: str) -> Found:
    """Return what `condition` gives once that is true; after `seconds`, fail and say what was wanted."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds:g} s still not: {wanted}")
        time.sleep(0.02)
    return found


def alive(pid: int) -> bool:
    """Return whether a process runs; one that is dead but not yet buried does not."""
    try:
        return psutil.Process(pid).status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.NoSuchProcess:
        return False


def descendants(pid: int | None) -> set[int]:
    """Return the living processes below a process."""
    try:
        below = psutil.Process(_there(pid)).children(recursive=True)
    except psutil.NoSuchProcess:
        return set()
    return {each.pid for each in below if alive(each.pid)}


def workers_below(pid: int | None) -> set[int]:
    """Return the processes that do a foreman's work: forked by its fork server, or spawned by it."""
    own = psutil.Process(_there(pid)).children()
    forked = descendants(pid) - {each.pid for each in own}
    return forked or {each.pid for each in own if "spawn_main" in " ".join(each.cmdline())}


def kill(pid: int | None) -> None:
    """End a process that must be there, as `kill -9` does."""
    psutil.Process(_there(pid)).kill()


def suspend(pid: int | None) -> None:
    """Freeze a process that must be there, as SIGSTOP does."""
    psutil.Process(_there(pid)).suspend()


def _there(pid: int | None) -> int:
    assert pid is not None
    return pid
