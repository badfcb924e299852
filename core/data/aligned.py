"""Arrays that other libraries can share instead of copying them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 64
"""Bytes: what TensorFlow asks of memory that it is to read in place."""


def empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return an array whose first byte lies where `ALIGNMENT` divides its address; not filled.

    Args:
        shape: Its shape.
        dtype: Its type.
    """
    size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    raw = np.empty(size + ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % ALIGNMENT
    return raw[start : start + size].view(dtype).reshape(shape)


def is_shareable(array: NDArray[Any]) -> bool:
    """Return whether `array` lies in memory as `empty` makes it, one number behind the other."""
    return bool(array.flags.c_contiguous) and array.ctypes.data % ALIGNMENT == 0


def taken(array: NDArray[Any], places: NDArray[np.integer[Any]]) -> NDArray[Any]:
    """Return the rows of `array` at `places`, in their order, in an aligned array."""
    rows = empty((len(places), *array.shape[1:]), array.dtype)
    np.take(array, places, axis=0, out=rows, mode="clip")  # the other mode goes by way of a copy
    return rows
