"""Data files: one `.npz` a data set, checked before and while it is read, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.data.split import Array, Dataset, Samples
from core.errors import DataRefused
from core.experiment.dataset import DatasetInfo, Shape, Task, show_shape
from core.home import home

KEYS = ("x_train", "y_train", "x_test", "y_test")


def folder() -> Path:
    """Return the folder for data files, made if need be."""
    path = home() / "datasets"
    path.mkdir(exist_ok=True)
    return path


def read(path: Path, info: DatasetInfo, belongs: Path | None = None) -> Dataset:
    """Return the data set that a `.npz` file holds, checked against what it should be.

    Args:
        path: File with the arrays x_train, y_train, x_test, y_test.
        info: What the data set declares; sizes, shapes, types and ranges must fit.
        belongs: The folder that messages tell to put the right file into; the file's own by default.

    Raises:
        DataRefused: The file is damaged or holds something else. The message says what.
    """
    belongs = belongs or path.parent
    try:
        with zipfile.ZipFile(path) as archive:
            _check_headers(archive, path, info, belongs)
            found = {key: read_array(archive, key) for key in KEYS}
    except (DataRefused, FileNotFoundError, MemoryError):
        raise
    except Exception as error:
        # zip, zlib, npy headers and their parsers raise a dozen types over a damaged file
        raise DataRefused(
            f"{path.name} is damaged and can't be read ({type(error).__name__}: {error}). "
            f"Copy it again into {belongs}, or delete it there to use other data."
        ) from error
    _check_ranges(found, path, info)
    return Dataset(
        info=info,
        training=_samples(found["x_train"], found["y_train"], info),
        test=_samples(found["x_test"], found["y_test"], info),
    )


def read_header(archive: zipfile.ZipFile, key: str) -> tuple[Shape, np.dtype[np.generic]]:
    """Return shape and type of an array in a `.npz`, before it is unpacked.

    Args:
        archive: The file, open for reading.
        key: The array's name.

    Raises:
        KeyError: It holds no such array. A damaged file raises a dozen other types.
    """
    with archive.open(f"{key}.npy") as member:
        version = npy.read_magic(member)
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = header(member)
    return tuple(shape), dtype


def read_array(archive: zipfile.ZipFile, key: str) -> Array:
    """Return an array of a `.npz`, read to its end; its header should be checked first.

    Args:
        archive: The file, open for reading.
        key: The array's name.

    Raises:
        KeyError: It holds no such array.
        ValueError: It is longer than its header says. A damaged file raises a dozen other types.
    """
    # by the member whose header was checked: np.load would also take one called plainly "x_train"
    with archive.open(f"{key}.npy") as member:
        array: Array = npy.read_array(member, allow_pickle=False)
        if member.read(1):  # the checksum is compared only at a member's end, so read up to it
            raise ValueError(f"{key} is longer than its header says")
        return array


def write(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays into a `.npz` file that is there whole or not at all.

    Args:
        path: Where the file goes; its folder is made.
        arrays: The arrays by key.
    """
    with _replacing(path) as file:
        np.savez(file, allow_pickle=False, **arrays)


def write_text(path: Path, text: str) -> None:
    """Write a small text file that is there whole or not at all; its folder is made."""
    with _replacing(path) as file:
        file.write(text.encode())


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _check_headers(archive: zipfile.ZipFile, path: Path, info: DatasetInfo, belongs: Path) -> None:
    """Refuse wrong shapes and types by the headers alone, before any array is unpacked."""
    members = set(archive.namelist())
    missing = [key for key in KEYS if f"{key}.npy" not in members]
    if missing:
        raise DataRefused(
            f"{path.name} lacks {', '.join(missing)}; it should hold {', '.join(KEYS)}. "
            f"Put the right file into {belongs}."
        )
    for key in KEYS:
        shape, dtype = read_header(archive, key)
        count = info.training_size if key.endswith("train") else info.test_size
        expected = _expected(key, count, info)
        if shape not in expected or not _type_fits(key, dtype, info):
            kind = "uint8" if key.startswith("x") and info.is_image else "numbers"
            raise DataRefused(
                f"{path.name} is not {info.label}: {key} should be {show_shape(expected[0])} of "
                f"{kind}, but is {show_shape(shape)} of {dtype}. Put the right file into "
                f"{belongs}, or delete this one."
            )


def _expected(key: str, count: int, info: DatasetInfo) -> tuple[Shape, ...]:
    if key.startswith("y"):
        flat = ((count,),)
        return flat if info.task is Task.CLASSIFICATION else (*flat, (count, info.targets))
    with_channel = (count, *info.input_shape)
    # grey images are commonly stored without their single channel
    return ((count, *info.input_shape[:-1]), with_channel) if _is_grey(info) else (with_channel,)


def _is_grey(info: DatasetInfo) -> bool:
    return info.is_image and info.input_shape[-1] == 1


def _type_fits(key: str, dtype: np.dtype[np.generic], info: DatasetInfo) -> bool:
    if key.startswith("x") and info.is_image:
        return dtype == np.uint8
    if key.startswith("y") and info.task is Task.CLASSIFICATION:
        return dtype.kind in "ui"
    return dtype.kind in "uif"


def _check_ranges(arrays: Mapping[str, NDArray[np.generic]], path: Path, info: DatasetInfo) -> None:
    for key in ("y_train", "y_test"):
        labels = arrays[key]
        if info.task is Task.CLASSIFICATION:
            low, high = int(labels.min()), int(labels.max())
            if low < 0 or high >= len(info.classes):
                raise DataRefused(
                    f"{path.name} is not {info.label}: {key} should run from 0 to "
                    f"{len(info.classes) - 1}, but runs from {low} to {high}."
                )
        elif not np.isfinite(labels).all():
            raise DataRefused(f"{path.name} holds values in {key} that are not finite numbers.")
    if not info.is_image:
        for key in ("x_train", "x_test"):
            if not np.isfinite(arrays[key]).all():
                raise DataRefused(f"{path.name} holds values in {key} that are not finite numbers.")
    elif not arrays["x_train"].any():
        raise DataRefused(f"{path.name} holds nothing but black images. Put the right file there.")


def _samples(inputs: Array, answers: Array, info: DatasetInfo) -> Samples:
    return Samples(inputs.reshape(len(inputs), *info.input_shape), answers)
