"""Asking for a strike at an exact place of a training process; `inject/sitecustomize.py` does it."""

from __future__ import annotations

import json
import secrets
import signal
from dataclasses import dataclass, field
from pathlib import Path

from tests.contract.processes import until

INJECT = Path(__file__).parent / "inject"
PATIENCE = 90.0
"""Seconds until a training has come to the place, on a busy machine."""


@dataclass(frozen=True)
class Strike:
    """Where and how a training process is struck.

    Attributes:
        place: "write" of a file that is to replace another, "before replace", "after replace", "append" to
            the journal, "before commit", "commit", "after commit".
        do: A signal, or "fill": take all the room on the disk.
        detail: How the file's name ends; any where it is empty.
        skip: How often it may pass there before.
        delay: Seconds from there, while it goes on; None: on the spot.
        filler: The file that fills the disk.
    """

    place: str
    do: int | str = signal.SIGKILL
    detail: str = ""
    skip: int = 0
    delay: float | None = None
    filler: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(4))


class Strikes:
    """The folder that the struck processes look into."""

    def __init__(self, folder: Path) -> None:
        """Ask through `folder`, made if need be."""
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._order = folder / "strike.json"
        self._struck = folder / "struck"

    def environment(self) -> dict[str, str]:
        """Return what a process needs to be struck."""
        return {"LAYERLAB_FAULTS": str(self._folder), "PYTHONPATH": str(INJECT)}

    def arm(self, strike: Strike) -> None:
        """Ask for a strike."""
        self._struck.unlink(missing_ok=True)
        written = self._order.with_suffix(".part")
        written.write_text(json.dumps(strike.__dict__), encoding="utf-8")
        written.replace(self._order)

    def wait(self) -> None:
        """Wait until a process was struck."""
        until(self._struck.exists, PATIENCE, "a training process is struck")

    def disarm(self) -> None:
        """Ask for nothing any more."""
        self._order.unlink(missing_ok=True)
        self.set_clock(0.0)

    def set_clock(self, seconds: float) -> None:
        """Have every process's clock wrong by some seconds."""
        path = self._folder / "clock"
        if seconds:
            path.write_text(str(seconds), encoding="utf-8")
        else:
            path.unlink(missing_ok=True)
