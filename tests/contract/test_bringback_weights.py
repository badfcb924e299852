"""A stranger's HDF5 file gives numbers of the shapes that were asked for, or is refused."""

from __future__ import annotations

import io
import multiprocessing
import random
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import numpy as np
import pytest

from core.bringback import weights
from core.bringback.weights import read_adapted, read_weights
from core.errors import FileRefused

PLACE = "layers/dense"
SHAPES = ((3, 2), (2,))
EXPECTED = {PLACE: SHAPES}


def _file(fill: Callable[[Any], None]) -> bytes:
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        fill(file)
    return memory.getvalue()


def _as_keras(file: Any) -> None:
    held = file.create_group(f"{PLACE}/vars")
    for number, shape in enumerate(SHAPES):
        held[str(number)] = np.full(shape, number + 1, np.float32)


def _refused(fill: Callable[[Any], None]) -> str:
    with pytest.raises(FileRefused) as refused:
        read_weights(_file(fill), EXPECTED)
    return str(refused.value)


def test_numbers_are_read_as_keras_wrote_them() -> None:
    kernel, bias = read_weights(_file(_as_keras), EXPECTED)[PLACE]
    assert np.array_equal(kernel, np.full((3, 2), 1.0))
    assert np.array_equal(bias, [2.0, 2.0])
    assert kernel.dtype == np.float32


def test_numbers_of_another_layer_are_refused() -> None:
    def fill(file: Any) -> None:
        _as_keras(file)
        file[f"{PLACE}/vars"].attrs["name"] = "first"

    assert read_weights(_file(fill), EXPECTED, {PLACE: "first"})
    assert read_weights(_file(_as_keras), EXPECTED, {PLACE: "second"})  # older files do not say it
    with pytest.raises(FileRefused, match="another layer than second"):
        read_weights(_file(fill), EXPECTED, {PLACE: "second"})


def test_packed_numbers_are_read_too() -> None:
    def fill(file: Any) -> None:
        held = file.create_group(f"{PLACE}/vars")
        held.create_dataset(
            "0", data=np.ones((3, 2), np.float32), compression="gzip", shuffle=True, chunks=(3, 2)
        )
        held.create_dataset("1", data=np.ones(2, ">f4"), fletcher32=True)

    assert np.array_equal(read_weights(_file(fill), EXPECTED)[PLACE][0], np.ones((3, 2)))


def _with(name: str, value: Any) -> Callable[[Any], None]:
    """Return what fills a file whose second array is something else."""

    def fill(file: Any) -> None:
        _as_keras(file)
        del file[f"{PLACE}/vars/1"]
        value(file[f"{PLACE}/vars"], name)

    return fill


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of numbers that a stranger would like to have."""
    path = tmp_path / "secret.h5"
    with h5py.File(path, "w") as file:
        file["1"] = np.full(2, 42, np.float32)
        file.create_group("vars")["0"] = np.full((3, 2), 42, np.float32)
        file["vars/1"] = np.full(2, 42, np.float32)
    return path


def test_a_link_to_another_file_is_not_followed(secret: Path) -> None:
    def put(group: Any, name: str) -> None:
        group[name] = h5py.ExternalLink(str(secret), "/1")

    assert "link" in _refused(_with("1", put))

    def whole(file: Any) -> None:
        file.create_group("layers")["dense"] = h5py.ExternalLink(str(secret), "/")

    assert "link" in _refused(whole)


def test_numbers_that_lie_in_another_file_are_not_read(secret: Path) -> None:
    def put(group: Any, name: str) -> None:
        group.create_dataset(name, (2,), np.float32, external=[(str(secret), 0, 8)])

    assert "another file" in _refused(_with("1", put))


def test_numbers_that_are_put_together_of_other_files_are_not_read(secret: Path) -> None:
    def put(group: Any, name: str) -> None:
        layout = h5py.VirtualLayout((2,), np.float32)
        layout[:] = h5py.VirtualSource(str(secret), "1", (2,))
        group.create_virtual_dataset(name, layout)

    assert "another file" in _refused(_with("1", put))


def test_a_soft_link_is_not_followed() -> None:
    assert "link" in _refused(_with("1", lambda group, name: group.__setitem__(name, h5py.SoftLink("/x"))))


@pytest.mark.parametrize(
    "data",
    [
        np.ones(2, np.float64),
        np.ones(2, np.int32),
        np.array(["a", "b"], dtype="S"),
        np.ones(2, np.dtype([("a", "f4")])),
        np.ones(2, bool),
        np.ones(2, np.complex64),
    ],
    ids=lambda data: str(data.dtype),
)
def test_what_is_no_number_of_32_bits_is_refused(data: np.ndarray) -> None:
    assert "32-bit" in _refused(_with("1", lambda group, name: group.__setitem__(name, data)))


def test_texts_and_references_are_refused() -> None:
    for kind in (h5py.string_dtype(), h5py.vlen_dtype(np.float32), h5py.ref_dtype):
        _refused(_with("1", lambda group, name, kind=kind: group.create_dataset(name, (2,), kind)))


@pytest.mark.parametrize("shape", [(), (3,), (2, 1), (200_000_000_000,), (0,)])
def test_other_shapes_are_refused_before_they_are_read(shape: tuple[int, ...]) -> None:
    def put(group: Any, name: str) -> None:
        group.create_dataset(
            name, shape, np.float32, chunks=(50_000_000,) if shape and shape[0] > 9_999 else None
        )

    assert "the layer has 2" in _refused(_with("1", put))


def test_nothing_is_refused_where_there_should_be_something() -> None:
    assert "not what it should be" in _refused(
        _with("1", lambda group, name: group.create_dataset(name, data=h5py.Empty("f4")))
    )
    assert "missing" in _refused(lambda file: file.create_group("layers"))
    assert "not what it should be" in _refused(lambda file: file.__setitem__("layers", 1.0))
    assert "holds 1 arrays" in _refused(_with("1", lambda group, name: None))
    assert "missing" in _refused(
        _with("7", lambda group, name: group.__setitem__(name, np.ones(2, np.float32)))
    )


def test_a_chunk_that_is_larger_than_its_array_is_refused() -> None:
    def put(group: Any, name: str) -> None:
        group.create_dataset(
            name, (2,), np.float32, maxshape=(None,), chunks=(900_000_000,), compression="gzip"
        )

    assert "larger than it says" in _refused(_with("1", put))


def test_an_array_in_very_many_pieces_is_refused() -> None:
    def fill(file: Any) -> None:
        file.create_dataset("layers/dense/vars/0", (1_000_000,), np.float32, chunks=(10,))

    with pytest.raises(FileRefused, match="very many pieces"):
        read_weights(_file(fill), {PLACE: ((1_000_000,),)})


def test_unusual_packing_is_refused() -> None:
    def put(group: Any, name: str) -> None:
        group.create_dataset(name, data=np.ones(2, np.float32), compression="lzf")

    assert "unusual way" in _refused(_with("1", put))


@pytest.mark.parametrize("content", [b"", b"\x89HDF\r\n\x1a\n", b"PK\x03\x04", b"\0" * 4_096])
def test_what_is_no_hdf5_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused, match="damaged"):
        read_weights(content, EXPECTED)


def test_what_a_layer_learned_of_data_is_read() -> None:
    def fill(file: Any) -> None:
        held = file.create_group("layers/normalization/vars")
        held["0"], held["1"], held["2"] = np.float32(3), np.float32(4), np.float32(9)

    assert read_adapted(_file(fill), "layers/normalization", 1) == ((3.0,), (4.0,))
    with pytest.raises(FileRefused):
        read_adapted(_file(fill), "layers/normalization", 8)


def _read_many(count: int, answers: Any) -> None:
    """Read files with flipped bits; say how many were refused, read, or raised something else."""
    chance = random.Random(5)
    whole = _file(_as_keras)
    said = {"refused": 0, "read": 0}
    for _ in range(count):
        content = bytearray(whole)
        for _ in range(chance.choice([1, 2, 10, 40])):
            content[chance.randrange(len(content))] = chance.randrange(256)
        cut = len(content) if chance.random() < 0.8 else chance.randrange(len(content))
        try:
            (arrays,) = read_weights(bytes(content[:cut]), EXPECTED).values()
            assert tuple(each.shape for each in arrays) == SHAPES
            said["read"] += 1
        except FileRefused:
            said["refused"] += 1
    answers.put(said)


def test_a_thousand_damaged_files_are_refused_or_read(monkeypatch: pytest.MonkeyPatch) -> None:
    # where a page was run in this process before, its script is still the main module
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    # in a process of its own, as in earnest: HDF5 is written in C
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=_read_many, args=(1_000, answers))
    process.start()
    said = answers.get(timeout=120)
    process.join()
    assert process.exitcode == 0
    assert said["refused"] + said["read"] == 1_000
    assert said["refused"] > 100
    assert weights.__file__
