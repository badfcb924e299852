"""The states that a run can go on from: sealed files, the newest two kept."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from core.errors import FileDamaged
from core.runs.files import read_sealed, storage, write_sealed

_LOG = logging.getLogger(__name__)
KEPT = 2
"""The one before the newest stays, for where the newest is damaged."""
_ENDING = ".checkpoint"


class Checkpoints:
    """The folder of one run's checkpoints. What is in them is the trainer's affair."""

    def __init__(self, folder: Path) -> None:
        """Look after a folder; made when the first is kept."""
        self._folder = folder

    def keep(self, epoch: int, content: bytes, durable: bool = True) -> None:
        """Keep the state after an epoch, whole or not at all, and remove those before the last two.

        Args:
            epoch: Epochs done.
            content: The state.
            durable: Whether it must survive a power cut from now on.

        Raises:
            StorageFailed: The disk is full, or the folder can't be written.
        """
        with storage():
            self._folder.mkdir(exist_ok=True)
        write_sealed(self._folder / f"{epoch:06d}{_ENDING}", content, durable)
        self._remove(self._newest_first()[KEPT:])

    def keep_newest_only(self) -> None:
        """Remove all but the newest state that is whole."""
        newest = self.newest()
        self._remove([path for path in self._newest_first() if newest and path != newest])

    def newest_first(self) -> Iterator[bytes]:
        """Yield the states that are whole, the newest first; damaged ones are logged and left out."""
        for path in self._newest_first():
            content = _whole(path)
            if content is not None:
                yield content

    def newest(self) -> Path | None:
        """Return the file of the newest state that is whole; None where there is none."""
        return next((path for path in self._newest_first() if _whole(path) is not None), None)

    def newest_epoch(self) -> int:
        """Return after which epoch the newest state was kept, without reading it; 0 where there is none."""
        return next((int(path.stem) for path in self._newest_first()), 0)

    @staticmethod
    def _remove(paths: list[Path]) -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    def _newest_first(self) -> list[Path]:
        return sorted(self._folder.glob(f"[0-9]*{_ENDING}"), reverse=True)


def _whole(path: Path) -> bytes | None:
    try:
        return read_sealed(path)
    except (FileDamaged, OSError) as error:
        _LOG.error("%s: %s", path.parent.parent.name, error)
        return None
