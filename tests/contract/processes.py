"""Watching processes from outside, by what the kernel says of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

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
    return _state(pid)[0] not in {"", "Z", "X"}


def children(pid: int | None) -> set[int]:
    """Return the living processes that a process started itself."""
    assert pid is not None
    found = (int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit())
    return {each for each in found if _state(each)[1] == pid and alive(each)}


def descendants(pid: int | None) -> set[int]:
    """Return the living processes below a process."""
    below = children(pid)
    return below.union(*map(descendants, below))


def kill(pid: int | None, number: int = signal.SIGKILL) -> None:
    """Send a signal to a process that must be there."""
    assert pid is not None
    os.kill(pid, number)


def _state(pid: int) -> tuple[str, int]:
    try:
        # pid (name, which may hold anything) state ppid …
        state, parent = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[:2]
    except (OSError, ValueError):
        return "", 0
    return state, int(parent)
