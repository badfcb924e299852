"""Handwriting taken away and brought back: as arrays (`.npz`), or as pictures (PNG).

The `.npz` holds what everybody's NumPy reads: `x` (n, 28, 28, 1) and `y` (n,), both uint8. For LayerLab it
also holds `strokes.json`: for each drawing, in the same order, its strokes, and when it was added.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Sequence
from pathlib import PurePath
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from PIL import Image

from core.data import files, own
from core.drawing.handwriting import Sample, id_of
from core.drawing.picture import picture as as_drawn
from core.drawing.prepare import ink_of, weighed
from core.drawing.strokes import Drawing
from core.errors import DataRefused

STROKES = "strokes.json"
UNTOUCHED = "Nothing was taken from it."
LARGEST_STROKES = 200_000_000
"""Bytes of strokes that are unpacked at most: 100 KB a drawing, ten times what a pen leaves."""


def as_npz(samples: Sequence[Sample]) -> bytes:
    """Return drawings as a `.npz` file; see this module for what it holds."""
    arrays = {
        "x": np.array([each.image for each in samples], np.uint8).reshape(-1, *own.INPUT_SHAPE),
        "y": np.array([each.label for each in samples], np.uint8),
    }
    strokes = [{"added": each.added, "drawing": each.drawing.to_json()} for each in samples]
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, array in arrays.items():
            with archive.open(f"{key}.npy", "w") as member:
                npy.write_array(member, array, allow_pickle=False)
        archive.writestr(STROKES, json.dumps({"version": 1, "drawings": strokes}))
    return memory.getvalue()


def as_picture(drawing: Drawing) -> bytes:
    """Return one drawing as a PNG, white on black, with strokes as heavy as MNIST's.

    A program that was taken away prepares it as LayerLab does, to the same pixels.
    """
    picture = io.BytesIO()
    Image.fromarray(ink_of(as_drawn(weighed(drawing)))).save(picture, "PNG")
    return picture.getvalue()


def as_pictures(samples: Sequence[Sample]) -> bytes:
    """Return drawings as a zip of PNGs, white on black, in a folder a digit: `3/0007-1f…e2.png`."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for number, each in enumerate(samples, start=1):
            picture = io.BytesIO()
            Image.fromarray(each.image).save(picture, "PNG")
            archive.writestr(
                str(PurePath(str(each.label)) / f"{number:04d}-{each.id}.png"), picture.getvalue()
            )
    return memory.getvalue()


def from_npz(file: BinaryIO, name: str) -> list[Sample]:
    """Return the drawings of a file that `as_npz` made.

    Args:
        file: Open for reading; it may come from anywhere, so nothing in it is trusted.
        name: What messages call it.

    Raises:
        DataRefused: It is damaged, or no such file. The message says what is wrong with it.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            count = _count(archive, name)
            images, labels = (files.read_array(archive, key) for key in ("x", "y"))
            drawings = _drawings(archive, name, count)
    except (DataRefused, MemoryError):
        raise
    except Exception as error:
        # zip, zlib, npy headers, strokes and their parsers raise a dozen types over a damaged file
        raise DataRefused(
            f"{name} is damaged and can't be read ({type(error).__name__}: {error}). {UNTOUCHED}"
        ) from error
    if labels.max() >= len(own.CLASSES) or not images.any(axis=(1, 2, 3)).all():
        raise DataRefused(f"{name} holds pictures or labels that are no digits. {UNTOUCHED}")
    found = [
        Sample(id_of(drawing), int(label), image[..., 0], drawing, added)
        for (drawing, added), label, image in zip(drawings, labels, images, strict=True)
    ]
    return list({each.id: each for each in found}.values())


def _count(archive: zipfile.ZipFile, name: str) -> int:
    """Return how many drawings there are, after the headers alone have told that the arrays fit."""
    if not {"x.npy", "y.npy", STROKES} <= set(archive.namelist()):
        raise DataRefused(
            f"{name} is no handwriting saved by LayerLab: it should hold x, y and {STROKES}. "
            f"Choose a file that was saved here. {UNTOUCHED}"
        )
    (shape, pixels), (labels, digits) = files.read_header(archive, "x"), files.read_header(archive, "y")
    count = labels[0] if labels else 0
    sized = 0 < count <= own.MOST and labels == (count,) and shape == (count, *own.INPUT_SHAPE)
    if not sized or pixels != np.uint8 or digits != np.uint8:
        raise DataRefused(
            f"{name} is no handwriting saved by LayerLab: it should hold 1 to {own.MOST:,} digits of "
            f"28 × 28 pixels. {UNTOUCHED}"
        )
    return count


def _drawings(archive: zipfile.ZipFile, name: str, count: int) -> list[tuple[Drawing, float]]:
    if archive.getinfo(STROKES).file_size > LARGEST_STROKES:
        raise DataRefused(f"{name} holds far more strokes than digits have. {UNTOUCHED}")
    with archive.open(STROKES) as member:
        document = json.loads(member.read(LARGEST_STROKES))
    found = [(Drawing.from_json(each["drawing"]), float(each["added"])) for each in document["drawings"]]
    if document["version"] != 1 or len(found) != count or not all(math.isfinite(at) for _, at in found):
        raise DataRefused(f"{name} does not hold strokes for each of its digits. {UNTOUCHED}")
    return found
