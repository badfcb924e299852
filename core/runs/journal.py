"""A run's own record of its events, beside the database: what the database is rebuilt from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core.runs.files import storage
from core.runs.run import Event
from core.runs.seals import seal

NAME = "events.jsonl"


class Journal:
    """One JSON array a line: [seq, kind, body, checksum].

    [seq, checksum] forgets all that came after that event.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the journal of the run whose files are in `folder`; nothing is opened yet."""
        self._path = folder / NAME

    def append(self, events: Iterable[Event]) -> None:
        """Add events.

        Raises:
            StorageFailed: The disk is full, or the folder can't be written.
        """
        self._write([_sealed(event.seq, event.kind, event.body) for event in events])

    def rewind(self, seq: int) -> None:
        """Forget the events after number `seq`."""
        self._write([_sealed(seq)])

    def read(self) -> list[Event]:
        """Return the events, in order; lines that were torn or damaged are left out."""
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            return []
        found: dict[int, Event] = {}
        for line in lines:
            entry = _entry(line)
            if entry is None:
                continue
            if len(entry) == 1:
                found = {seq: event for seq, event in found.items() if seq <= entry[0]}
            else:
                found[entry[0]] = Event(*entry)
        return [found[seq] for seq in sorted(found)]

    @property
    def exists(self) -> bool:
        """Whether there is one."""
        return self._path.exists()

    def _write(self, lines: list[str]) -> None:
        if not lines:
            return
        with storage(), self._path.open("ab") as file:
            # one write: lines of two processes never mix, and one that is killed tears the last at most.
            # A line that was torn is ended first, so that it takes no whole one with it
            file.write((b"\n" if self._torn() else b"") + "".join(lines).encode())

    def _torn(self) -> bool:
        try:
            with self._path.open("rb") as file:
                file.seek(-1, 2)
                return file.read(1) != b"\n"
        except OSError:  # empty
            return False


def _json(*values: Any) -> str:
    return json.dumps(values, separators=(",", ":"))


def _sealed(*values: Any) -> str:
    return _json(*values, seal(_json(*values))) + "\n"


def _entry(line: bytes) -> list[Any] | None:
    """Return what a line holds, without its checksum; None where it does not hold what was written."""
    try:
        entry: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    match entry:
        case [int(), int()] | [int(), str(), dict(), int()] if entry[-1] == seal(_json(*entry[:-1])):
            return list(entry[:-1])
        case _:
            return None
