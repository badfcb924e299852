"""A data file is read only if it is whole and is what its name says."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.data import files
from core.data.split import Array, Dataset
from core.errors import DataRefused
from core.experiment.dataset import DatasetInfo, Task
from tests.unit.made_up import HOUSES, PICTURES, house_arrays, picture_arrays

GREY = DatasetInfo("grey", "Grey", "Grey.", (4, 4, 1), Task.CLASSIFICATION, 6, 4, classes=("a", "b"))


def _grey() -> dict[str, Array]:
    random = np.random.default_rng(0)
    return {
        "x_train": random.integers(0, 256, (6, 4, 4), dtype=np.uint8),
        "y_train": np.array([0, 1] * 3, np.uint8),
        "x_test": random.integers(0, 256, (4, 4, 4), dtype=np.uint8),
        "y_test": np.array([0, 1] * 2, np.uint8),
    }


def _equal(one: Dataset, other: Dataset) -> bool:
    pairs = [(one.training, other.training), (one.test, other.test)]
    return all(
        np.array_equal(a.inputs, b.inputs) and np.array_equal(a.answers, b.answers) for a, b in pairs
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "grey.npz"


def _refused(path: Path, info: DatasetInfo = GREY) -> str:
    with pytest.raises(DataRefused) as refused:
        files.read(path, info)
    assert path.name in str(refused.value)
    return str(refused.value)


def _read_or_refusal(path: Path, info: DatasetInfo = GREY) -> Dataset | str:
    try:
        return files.read(path, info)
    except DataRefused as refused:
        return str(refused)


@pytest.mark.parametrize(
    ("info", "arrays"), [(GREY, _grey()), (PICTURES, picture_arrays()), (HOUSES, house_arrays())]
)
def test_what_was_written_is_read(info: DatasetInfo, arrays: Mapping[str, Array], tmp_path: Path) -> None:
    files.write(tmp_path / "new" / "data.npz", arrays)
    read = files.read(tmp_path / "new" / "data.npz", info)
    assert read.info == info
    assert read.training.inputs.shape == (info.training_size, *info.input_shape)
    assert read.test.inputs.shape == (info.test_size, *info.input_shape)
    assert np.array_equal(read.training.inputs.ravel(), arrays["x_train"].ravel())
    assert np.array_equal(read.test.answers, arrays["y_test"])
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["data.npz"]


def test_a_compressed_file_with_or_without_the_grey_channel_is_read(path: Path) -> None:
    arrays = _grey()
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
    flat = files.read(path, GREY)
    files.write(path, {**arrays, "x_train": arrays["x_train"][..., None]})
    assert _equal(files.read(path, GREY), flat)


def test_a_file_cut_off_anywhere_is_refused(path: Path) -> None:
    files.write(path, _grey())
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        _refused(path)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_flipped_bit_is_refused_or_harmless(save: Callable[..., None], path: Path) -> None:
    save(path, **_grey())
    whole, right = path.read_bytes(), files.read(path, GREY)
    refused = 0
    for place in range(0, len(whole), 2):
        changed = bytearray(whole)
        changed[place] ^= 1 << place // 2 % 8
        path.write_bytes(bytes(changed))
        read = _read_or_refusal(path)
        if isinstance(read, Dataset):
            assert _equal(read, right), f"byte {place} changed the data unnoticed"
        else:
            assert path.name in read
            refused += 1
    assert refused > len(whole) / 6


def test_a_flipped_bit_is_seen_even_where_much_fits_into_few_bytes(tmp_path: Path) -> None:
    arrays = dict(picture_arrays())
    arrays["x_train"] = np.zeros_like(arrays["x_train"])
    arrays["x_train"][-1, -1, -1, -1] = 9
    path = tmp_path / "pictures.npz"
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
    whole, right = path.read_bytes(), files.read(path, PICTURES)
    end = whole.index(b"PK\x03\x04", 4)  # where the second array begins
    for place in range(40, end):
        for bit in (3, 5, 7):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            path.write_bytes(bytes(changed))
            read = _read_or_refusal(path, PICTURES)
            assert isinstance(read, str) or _equal(read, right), f"bit {bit} of byte {place} went unnoticed"


@pytest.mark.parametrize(
    ("offset", "bit"),
    [(6, 0), (6, 6), (8, 2)],
    ids=["encrypted", "strongly encrypted", "unknown compression"],
)
def test_a_zip_that_cannot_be_unpacked_is_refused(offset: int, bit: int, path: Path) -> None:
    files.write(path, _grey())
    changed = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x03\x04", offset), (b"PK\x01\x02", offset + 2)):
        changed[changed.index(signature) + at] |= 1 << bit
    path.write_bytes(bytes(changed))
    _refused(path)


def _changed(**changes: object) -> dict[str, Any]:
    arrays: dict[str, Any] = {**_grey(), **changes}
    return {key: value for key, value in arrays.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"x_train": None}, "lacks x_train"),
        ({"y_test": None}, "lacks y_test"),
        ({"x_train": np.ones((5, 4, 4), np.uint8)}, "should be 6 × 4 × 4"),
        ({"x_train": np.ones((6, 16), np.uint8)}, "should be 6 × 4 × 4"),
        ({"x_test": np.ones((4, 4, 4, 3), np.uint8)}, "should be 4 × 4 × 4"),
        ({"x_test": np.ones((0, 4, 4), np.uint8)}, "should be 4 × 4 × 4"),
        ({"x_train": np.ones((6, 4, 4), np.float32)}, "float32"),
        ({"x_train": np.ones((6, 4, 4), np.int8)}, "int8"),
        ({"y_train": np.ones((6, 1), np.uint8)}, "should be 6"),
        ({"y_train": np.ones(6, np.float64)}, "float64"),
        ({"y_train": np.array([0, 1, 0, 1, 0, 2])}, "from 0 to 1, but runs from 0 to 2"),
        ({"y_test": np.array([0, 1, 0, -1])}, "from -1 to 1"),
        ({"y_train": np.array(["0"] * 6)}, "<U1"),
        ({"x_train": np.zeros((6, 4, 4), np.uint8)}, "black"),
    ],
)
def test_other_arrays_than_declared_are_refused(changes: dict[str, object], words: str, path: Path) -> None:
    files.write(path, _changed(**changes))
    assert words in _refused(path)


@pytest.mark.parametrize("key", files.KEYS)
def test_pickled_objects_are_refused_and_never_unpickled(key: str, path: Path) -> None:
    count = 6 if key.endswith("train") else 4
    np.savez(path, **_changed(**{key: np.array([print] * count, object)}))
    assert "object" in _refused(path)


@pytest.mark.parametrize("key", ["x_train", "y_train", "x_test", "y_test"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(key: str, value: float, tmp_path: Path) -> None:
    arrays = {name: array.copy() for name, array in house_arrays().items()}
    arrays[key][0, 0] = value
    files.write(tmp_path / "houses.npz", arrays)
    assert f"{key} that are not finite" in _refused(tmp_path / "houses.npz", HOUSES)


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"not a zip", b"\x80\x04\x95", b"\x93NUMPY\x01\x00" + b"x" * 99]
)
def test_what_is_no_zip_is_refused(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    assert "damaged" in _refused(path)


def test_a_folder_under_the_files_name_is_refused(path: Path) -> None:
    path.mkdir()
    _refused(path)


def test_an_absent_file_is_not_called_damaged(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.read(path, GREY)


def test_a_write_that_fails_leaves_the_old_file_and_no_other(path: Path) -> None:
    files.write(path, _grey())
    before = path.read_bytes()
    with pytest.raises(ValueError, match="Object arrays"):
        files.write(path, {**_grey(), "x_train": np.array([print], object)})
    assert path.read_bytes() == before
    assert list(path.parent.glob("*grey*")) == [path]


def test_targets_may_have_an_axis_of_their_own_or_none(tmp_path: Path) -> None:
    arrays = house_arrays()
    files.write(tmp_path / "houses.npz", {**arrays, "y_train": arrays["y_train"][:, 0]})
    assert files.read(tmp_path / "houses.npz", HOUSES).training.answers.shape == (160,)
    two = dataclasses.replace(HOUSES, targets=2)
    assert "160" in _refused_targets(tmp_path, arrays, two)


def _refused_targets(folder: Path, arrays: Mapping[str, Array], info: DatasetInfo) -> str:
    files.write(folder / "two.npz", arrays)
    return _refused(folder / "two.npz", info)
