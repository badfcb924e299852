"""A collection of one's own handwriting: drawings, and the digit that each was said to be.

One file a drawing, named by its strokes, so that any number of tabs and processes can add and remove
at once, and a damaged file costs itself alone. What is removed can be put back.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import logging
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data import files, own
from core.data.own import Labelled
from core.drawing.prepare import SMALLEST, prepare
from core.drawing.strokes import Drawing
from core.errors import FileDamaged, NotDrawable, StorageFailed
from core.runs.files import read_sealed, storage, write_sealed

ENDING = ".digit"
REMOVED_KEPT = 500
"""Removed drawings that can still be put back; older ones are gone."""
LARGEST_FILE = 1_000_000
_HEIGHT, _WIDTH, _ = own.INPUT_SHAPE
_LOG = logging.getLogger(__name__)
_Entry = tuple[str, str, int, int]
"""Folder, name, time of the last change in nanoseconds, and bytes of a file."""


@dataclass(frozen=True, eq=False)
class Sample(Labelled):
    """A labelled drawing, as it is kept.

    Attributes:
        drawing: Its strokes.
        added: When it was added, seconds since 1970 (UTC).
    """

    drawing: Drawing
    added: float


def sample(drawing: Drawing, label: int, added: float | None = None) -> Sample:
    """Return a labelled drawing, prepared as for a network.

    Raises:
        NotDrawable: Nothing is drawn, or no more than a dot.
    """
    drawing = drawing.rounded()  # as it will be read again
    prepared = prepare(drawing, _WIDTH) if drawing.extent >= SMALLEST else None
    if prepared is None or not 0 <= label < len(own.CLASSES):
        raise NotDrawable("There is no digit on the canvas. Draw one first, then say which it is.")
    return Sample(id_of(drawing), label, prepared.image, drawing, time.time() if added is None else added)


def id_of(drawing: Drawing) -> str:
    """Return the name of a drawing; the same strokes have the same, whatever digit they are said to be."""
    return hashlib.sha256(drawing.to_json().encode()).hexdigest()[:16]


class Collection:
    """The labelled drawings in a folder. May be used by any number of threads and processes at once."""

    def __init__(self, folder: Path | None = None) -> None:
        """Open the collection in a folder; this data directory's own by default."""
        self._folder = folder or files.folder() / "own"

    def samples(self) -> tuple[Sample, ...]:
        """Return all drawings, in the order they were added; those that are damaged are left out."""
        found = [_read(*entry) for entry in self._entries()]
        return tuple(sorted((each for each in found if each), key=lambda each: (each.added, each.id)))

    def damaged(self) -> int:
        """Return how many files can't be read any more."""
        return sum(_read(*entry) is None for entry in self._entries())

    def label_of(self, drawing: Drawing) -> int | None:
        """Return the digit that a drawing was kept as; None where it is not kept."""
        with suppress(OSError):
            path = self._path(id_of(drawing))
            status = path.stat()
            kept = _read(str(self._folder), path.name, status.st_mtime_ns, status.st_size)
            return kept.label if kept else None
        return None

    def add(self, *samples: Sample) -> None:
        """Keep drawings; one that is there already gets the new label.

        Raises:
            StorageFailed: The collection, or the disk, is full.
        """
        there = {_id_in(name) for _, name, _, _ in self._entries()}
        if len(there | {each.id for each in samples}) > own.MOST:
            raise StorageFailed(
                f"At most {own.MOST:,} drawings are kept, and {len(there):,} are here. Save them as a "
                "file, then delete some to make room."
            )
        with storage():
            self._folder.mkdir(parents=True, exist_ok=True)
        for each in samples:
            write_sealed(self._path(each.id), _packed(each))

    def remove(self, ids: Iterable[str]) -> list[str]:
        """Remove drawings, so that they can be put back; return those that were there."""
        gone = []
        with storage():
            self._removed.mkdir(parents=True, exist_ok=True)
            for each in ids:
                with suppress(FileNotFoundError):  # another tab was quicker
                    os.replace(self._path(each), self._removed / f"{each}{ENDING}")
                    gone.append(each)
            self._forget_old()
        return gone

    def put_back(self, ids: Iterable[str]) -> list[str]:
        """Put removed drawings back; return those that could be."""
        back = []
        with storage():
            for each in ids:
                if self._path(each).exists():
                    continue  # drawn again meanwhile
                with suppress(FileNotFoundError):
                    os.replace(self._removed / f"{each}{ENDING}", self._path(each))
                    back.append(each)
        return back

    @property
    def _removed(self) -> Path:
        return self._folder / "removed"

    def _path(self, drawing_id: str) -> Path:
        return self._folder / f"{drawing_id}{ENDING}"

    def _entries(self) -> list[_Entry]:
        """Return the files with their time and size; a file that changes is read anew."""
        return [*_listed(self._folder)]

    def _forget_old(self) -> None:
        newest_first = sorted(_listed(self._removed), key=lambda entry: -entry[2])
        for folder, name, _, _ in newest_first[REMOVED_KEPT:]:
            Path(folder, name).unlink(missing_ok=True)


def _listed(folder: Path) -> Iterator[_Entry]:
    # a page lists them at every stroke of a pen: no Path a file, which takes ten times as long
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(ENDING) and not entry.name.startswith("."):
                with suppress(FileNotFoundError):  # removed meanwhile
                    status = entry.stat()
                    yield str(folder), entry.name, status.st_mtime_ns, status.st_size


def _id_in(name: str) -> str:
    return name.removesuffix(ENDING)


def _packed(sample: Sample) -> bytes:
    image = base64.b64encode(sample.image.tobytes()).decode()
    drawing = sample.drawing.to_json()
    card = {"version": 1, "label": sample.label, "added": sample.added, "image": image, "drawing": drawing}
    return json.dumps(card, separators=(",", ":")).encode()


@functools.lru_cache(2 * own.MOST)
def _read(folder: str, name: str, stamp: int, size: int) -> Sample | None:
    path = Path(folder, name)
    try:
        if size > LARGEST_FILE:
            raise FileDamaged(f"{path.name} is far too large for a drawing.")
        card = json.loads(read_sealed(path))
        pixels = np.frombuffer(base64.b64decode(card["image"], validate=True), np.uint8)
        drawing = Drawing.from_json(card["drawing"])
        image, label = pixels.reshape(_HEIGHT, _WIDTH), card["label"]
        if card["version"] != 1 or label not in range(len(own.CLASSES)):
            raise FileDamaged(f"{path.name} is no labelled drawing.")
        return Sample(_id_in(name), int(label), image, drawing, float(card["added"]))
    except FileNotFoundError:
        return None  # removed meanwhile
    except (OSError, ValueError, KeyError, TypeError, FileDamaged) as error:
        _LOG.warning("a drawing is left out: %s", error)
        return None
