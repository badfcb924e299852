"""Archives that only look like a data file are refused in words, or read as what was checked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from core.data import files
from core.data.split import Array, Dataset
from core.errors import DataRefused
from tests.unit.made_up import PICTURES, picture_arrays


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pictures.npz"


def _refused(path: Path) -> str:
    with pytest.raises(DataRefused) as refused:
        files.read(path, PICTURES)
    assert path.name in str(refused.value)
    return str(refused.value)


def _read_or_refusal(path: Path) -> Dataset | str:
    try:
        return files.read(path, PICTURES)
    except DataRefused as refused:
        return str(refused)


def _members(arrays: Mapping[str, Array]) -> dict[str, bytes]:
    packed = {}
    for key, array in arrays.items():
        memory = io.BytesIO()
        np.save(memory, array, allow_pickle=False)
        packed[f"{key}.npy"] = memory.getvalue()
    return packed


def _zip(path: Path, members: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '|u1', 'fortran_order': False, 'shape': (150, 12, 9, 3), ",
        b"{'descr': ('|u1', 'shape': ",
        b"((((",
        b'"""',
        b"[1]",
        b"\xff\xfe",
    ],
)
def test_an_array_with_a_broken_header_is_refused(header: bytes, path: Path) -> None:
    broken = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    _zip(path, {**_members(picture_arrays()), "x_train.npy": broken})
    _refused(path)


def test_an_array_shorter_than_its_header_says_is_refused(path: Path) -> None:
    members = _members(picture_arrays())
    _zip(path, {**members, "x_test.npy": members["x_test.npy"][:-1]})
    _refused(path)


def test_the_arrays_that_were_checked_are_the_ones_that_are_read(path: Path) -> None:
    # NumPy prefers a member called x_train to one called x_train.npy
    _zip(path, {**_members(picture_arrays()), "x_train": b"something else"})
    read = _read_or_refusal(path)
    assert path.name in read if isinstance(read, str) else read.training.inputs.shape == (150, 12, 9, 3)


def test_a_file_that_is_both_an_array_and_a_zip_is_refused_or_read_as_the_zip(path: Path) -> None:
    _zip(path, _members(picture_arrays()))
    path.write_bytes(_members(picture_arrays())["y_test.npy"] + path.read_bytes())
    read = _read_or_refusal(path)
    assert path.name in read if isinstance(read, str) else read.training.inputs.shape == (150, 12, 9, 3)
