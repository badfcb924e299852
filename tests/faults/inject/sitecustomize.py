"""Strikes a process at an exact place: Python imports this at its start where PYTHONPATH names this folder.

Nothing of LayerLab knows of it. A file in the folder that LAYERLAB_FAULTS names says where and how to
strike (`tests.faults.strikes.Strike`); the first training process that comes there takes the file and is
struck. Another file says by how much the clock is wrong.
"""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = os.environ.get("LAYERLAB_FAULTS", "")
CLOCK_SECONDS = 0.05
"""Time between two looks at how wrong the clock is."""
_original: dict[str, Callable[..., Any]] = {
    "connect": sqlite3.connect,
    "mkstemp": tempfile.mkstemp,
    "open": io.open,
    "replace": os.replace,
    "time": time.time,
}
_passed: dict[str, int] = {}


def _reached(place: str, detail: str = "") -> None:
    """Strike where that is asked for here."""
    if not multiprocessing.current_process().name.startswith("run-"):
        return
    order = Path(FOLDER, "strike.json")
    try:
        asked = json.loads(order.read_text("utf-8"))
    except (OSError, ValueError):
        return
    if asked["place"] != place or not detail.endswith(asked["detail"]):
        return
    _passed[asked["id"]] = _passed.get(asked["id"], 0) + 1
    if _passed[asked["id"]] <= asked["skip"]:
        return
    try:
        order.unlink()
    except OSError:  # another one has taken it
        return
    if asked["delay"] is None:
        _strike(asked)
    else:  # what is struck goes on meanwhile: somewhere in the middle of it
        threading.Thread(target=_strike, args=(asked,), daemon=True).start()


def _strike(asked: dict[str, Any]) -> None:
    end = time.perf_counter() + (asked["delay"] or 0.0)
    while time.perf_counter() < end:
        time.sleep(0)
    if asked["do"] == "fill":
        _fill(Path(asked["filler"]))
        _tell()
        return
    _tell()
    os.kill(os.getpid(), asked["do"])


def _tell() -> None:
    Path(FOLDER, "struck").write_text(str(os.getpid()), encoding="utf-8")


def _fill(filler: Path) -> None:
    """Take all the room that is left on a disk."""
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(1 << 16))
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(b"0")


class _Connection(sqlite3.Connection):
    """A connection that says when it commits."""

    def __exit__(self, *error: Any) -> Any:
        if self.in_transaction and error[0] is None:
            _reached("before commit")
            _reached("commit")
            done = super().__exit__(*error)
            _reached("after commit")
            return done
        return super().__exit__(*error)


def _connect(*args: Any, **kwargs: Any) -> Any:
    return _original["connect"](*args, factory=_Connection, **kwargs)


def _mkstemp(*args: Any, **kwargs: Any) -> Any:
    made = _original["mkstemp"](*args, **kwargs)
    _reached("write", made[1])
    return made


def _open(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
    if "a" in mode:
        _reached("append", os.fspath(file))
    return _original["open"](file, mode, *args, **kwargs)


def _replace(source: Any, target: Any, **kwargs: Any) -> None:
    _reached("before replace", os.fspath(target))
    _original["replace"](source, target, **kwargs)
    _reached("after replace", os.fspath(target))


_wrong_by = 0.0
_looked = -1.0


def _time() -> float:
    global _wrong_by, _looked  # noqa: PLW0603 - there is one clock
    now = time.monotonic()
    if now - _looked > CLOCK_SECONDS:
        _looked = now
        try:
            _wrong_by = float(Path(FOLDER, "clock").read_text("utf-8"))
        except (OSError, ValueError):
            _wrong_by = 0.0
    return float(_original["time"]()) + _wrong_by


if FOLDER:
    sqlite3.connect = _connect
    tempfile.mkstemp = _mkstemp
    io.open = _open
    os.replace = _replace  # type: ignore[assignment]
    time.time = _time
