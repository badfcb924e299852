"""Numbers out of an HDF5 file that a stranger wrote. For a disposable process: HDF5 is written in C."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from core.errors import FileRefused
from core.experiment.dataset import Shape, show_shape

Floats = NDArray[np.float32]
_BROKEN = (
    OSError,
    RuntimeError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    IndexError,
)
"""What h5py raises where a file is not as it should be."""
_PACKED = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
MOST_PIECES = 20_000
EARLIER = "_layer_checkpoint_dependencies"
"""What Keras up to 2.15 called the group of all layers."""
_AGAIN = "Save the model again with model.save(…), and bring that file."


def read_weights(
    content: bytes, expected: Mapping[str, tuple[Shape, ...]], names: Mapping[str, str] | None = None
) -> dict[str, list[Floats]]:
    """Return the weights of layers; nothing is read whose size is not known before.

    Args:
        content: The HDF5 file.
        expected: The shapes of each layer's arrays, by the place of the layer in the file.
        names: What the layers are called, by their places: where the file says so, too, it has to agree.

    Returns:
        float32 arrays of exactly these shapes.

    Raises:
        FileRefused: The file is damaged, or holds anything else there.
    """
    with _opened(content) as file:
        return {
            path: _arrays(file, path, shapes, (names or {}).get(path))
            for path, shapes in expected.items()
            if shapes
        }


def read_adapted(content: bytes, path: str, count: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return what a Normalization learned when it was adapted to data: means and variances.

    Args:
        content: The HDF5 file.
        path: The layer's place in it.
        count: How many there have to be of each.

    Raises:
        FileRefused: They are not there.
    """
    with _opened(content) as file:
        held = _held(file, path)
        arrays = []
        for key in ("0", "1"):
            dataset = _dataset(held, key, path)
            if math.prod(dataset.shape) != count:
                raise FileRefused(
                    f"{path} in the file of weights holds other means and variances than {count} of each."
                )
            arrays.append(tuple(float(each) for each in _numbers(dataset, path).reshape(-1)))
    return arrays[0], arrays[1]


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            yield file
    except FileRefused:
        raise
    except _BROKEN:
        raise FileRefused(f"The file of weights in it is damaged: it can't be read. {_AGAIN}") from None


def _arrays(file: Any, path: str, shapes: tuple[Shape, ...], name: str | None) -> list[Floats]:
    held = _held(file, path)
    called = held.attrs.get("name", name)
    if name is not None and called != name:
        raise FileRefused(
            f"{path} in the file of weights belongs to another layer than {name[:60]}. {_AGAIN}"
        )
    if len(held) != len(shapes):
        raise FileRefused(
            f"{path} in the file of weights holds {len(held)} arrays, the layer has {len(shapes)}. {_AGAIN}"
        )
    datasets = [_dataset(held, str(number), path) for number in range(len(shapes))]
    for dataset, shape in zip(datasets, shapes, strict=True):
        if dataset.shape != shape:
            raise FileRefused(
                f"{path} in the file of weights holds {show_shape(dataset.shape)} numbers, but the layer "
                f"has {show_shape(shape)}. {_AGAIN}"
            )
    return [_numbers(dataset, path) for dataset in datasets]


def _held(file: Any, path: str) -> Any:
    """Return the group that holds the arrays of a layer."""
    earlier = EARLIER in file and "layers" not in file
    parts = path.split("/")
    place = [EARLIER if part == "layers" else part for part in parts] if earlier else parts
    return _group(file, "/".join([*place, "vars"]), path)


def _member(group: Any, name: str, path: str) -> Any:
    """Return what a group holds under a name, where it is in this very place of this very file."""
    link = group.get(name, getlink=True) if name in group else None
    if link is None:
        raise FileRefused(f"{path} is missing in the file of weights. {_AGAIN}")
    if not isinstance(link, h5py.HardLink):
        raise FileRefused(f"{path} in the file of weights is a link to somewhere else. {_AGAIN}")
    return group[name]


def _group(file: Any, path: str, whole: str) -> Any:
    group = file
    for part in path.split("/"):
        group = _member(group, part, whole)
        if not isinstance(group, h5py.Group):
            raise FileRefused(f"{whole} in the file of weights is not what it should be. {_AGAIN}")
    return group


def _dataset(group: Any, name: str, path: str) -> Any:
    dataset = _member(group, name, path)
    if not isinstance(dataset, h5py.Dataset) or dataset.shape is None:
        raise FileRefused(f"{path} in the file of weights is not what it should be. {_AGAIN}")
    if dataset.external or dataset.is_virtual:
        raise FileRefused(f"{path} in the file of weights lies in another file. {_AGAIN}")
    if dataset.dtype.kind != "f" or dataset.dtype.itemsize != 4:
        raise FileRefused(
            f"{path} in the file of weights holds {dataset.dtype.name[:30]}, not 32-bit numbers. {_AGAIN}"
        )
    if _filters(dataset) - _PACKED:
        raise FileRefused(f"{path} in the file of weights is packed in an unusual way. {_AGAIN}")
    if dataset.chunks is not None:
        _refuse_pieces(math.prod(dataset.shape), math.prod(dataset.chunks), path)
    return dataset


def _refuse_pieces(numbers: int, in_each: int, path: str) -> None:
    """Refuse an array in pieces larger than itself, or in so many that to list them takes long."""
    if in_each > max(1, numbers):
        raise FileRefused(f"{path} in the file of weights is larger than it says. {_AGAIN}")
    if numbers > MOST_PIECES * in_each:
        raise FileRefused(f"{path} in the file of weights is packed in very many pieces. {_AGAIN}")


def _filters(dataset: Any) -> set[int]:
    settings = dataset.id.get_create_plist()
    return {settings.get_filter(number)[0] for number in range(settings.get_nfilters())}


def _numbers(dataset: Any, path: str) -> Floats:
    numbers = np.empty(dataset.shape, np.float32)
    if numbers.size:
        try:
            dataset.read_direct(numbers)
        except _BROKEN:
            raise FileRefused(f"{path} in the file of weights is damaged. {_AGAIN}") from None
    return numbers
