"""Drawings that outlive a reload, another page and a restart: one small file each."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from core.drawing.strokes import Drawing
from core.errors import FileDamaged
from core.runs.files import storage, write_whole

MOST_KEPT = 500
"""Drawings in a data directory; the one that was changed longest ago goes first."""
_ID = re.compile(r"[0-9a-f]{24}")
_LARGEST = 4_000_000
"""Bytes of a file that can be a drawing of ours; a larger one is not even read."""


def new_id() -> str:
    """Return an id that nobody can guess: whoever knows it can see the drawing."""
    return secrets.token_hex(12)


def keep(home: Path, drawing_id: str, drawing: Drawing) -> None:
    """Keep a drawing, in the place of what was kept under the same id.

    Args:
        home: The data directory.
        drawing_id: As `new_id` made it.
        drawing: An empty one is forgotten.

    Raises:
        StorageFailed: The disk is full, or the folder can't be written.
    """
    path = _path(home, drawing_id)
    if path is None:
        return
    with storage():
        if not drawing.strokes:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(exist_ok=True)
    is_new = not path.exists()
    # a power cut may cost the last stroke; waiting for the disk would cost time after each
    write_whole(path, lambda new: _write(new, drawing), durable=False)
    if is_new:
        _forget_oldest(path.parent)


def kept(home: Path, drawing_id: str) -> Drawing:
    """Return a drawing that was kept; an empty one where none is.

    Raises:
        FileDamaged: Its file is not what was written.
    """
    path = _path(home, drawing_id)
    try:
        if path is None or path.stat().st_size == 0:
            return Drawing()
        if path.stat().st_size > _LARGEST:
            raise FileDamaged("The kept drawing can't be read. Draw it again.")
        return Drawing.from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Drawing()
    except (OSError, UnicodeDecodeError) as error:
        raise FileDamaged("The kept drawing can't be read. Draw it again.") from error


def _path(home: Path, drawing_id: str) -> Path | None:
    # the id comes from an address: anything else could name any file
    return home / "drawings" / f"{drawing_id}.json" if _ID.fullmatch(drawing_id) else None


def _write(path: Path, drawing: Drawing) -> None:
    path.write_text(drawing.to_json(), encoding="utf-8")


def _forget_oldest(folder: Path) -> None:
    with os.scandir(folder) as found:
        files = [
            entry for entry in found if entry.name.endswith(".json") and not entry.name.startswith(".")
        ]
    if len(files) <= MOST_KEPT:
        return
    changed = []
    for entry in files:
        with suppress(OSError):  # another server has just removed it
            changed.append((entry.stat().st_mtime_ns, entry.name))
    for _, name in sorted(changed)[: len(changed) - MOST_KEPT]:
        with suppress(OSError):
            (folder / name).unlink()
