"""Trained models in memory, as functions. For worker processes: it loads TensorFlow."""

from __future__ import annotations

import base64
import binascii
import functools
import os
from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.drawing.networks import Network
from core.errors import NotDrawable
from core.home import home
from core.runs.files import verify_checksum
from core.runs.store import RunStore

MODELS_KEPT = 32
BYTES_KEPT = 1 << 30
"""Files of all models that are kept in memory together; the one used last always is."""
LARGEST_SIDE = 1_024
MOST_THREADS = 2

Floats = NDArray[np.float32]
Made = TypeVar("Made")


class Kept(Generic[Made]):
    """What was made of the models used last."""

    def __init__(self, make: Callable[[Any, Network | None], Made], most: int = MODELS_KEPT) -> None:
        """Begin with none.

        Args:
            make: Makes of a Keras model, and the network it is of, what is kept.
            most: How many are kept.
        """
        self._make = make
        self._most = most
        self._kept: OrderedDict[tuple[Path, int], tuple[Made, int]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are in memory."""
        return len(self._kept)

    def get(self, path: Path, network: Network | None = None) -> Made:
        """Return what was made of a model of our own; made anew where its file is another.

        Raises:
            FileDamaged: Its file is not what was written.
            FileNotFoundError: It is gone.
        """
        status = path.stat()
        key = (path, status.st_mtime_ns)
        if key not in self._kept:
            self._kept[key] = self._make(_load(path), network), status.st_size
        self._kept.move_to_end(key)
        self._forget_oldest()
        return self._kept[key][0]

    def forget_deleted(self) -> None:
        """Let go of models whose file is gone."""
        for key in [key for key in self._kept if not key[0].exists()]:
            del self._kept[key]

    def forget(self, folder: Path) -> None:
        """Let go of a run's model."""
        for key in [key for key in self._kept if key[0].parent == folder]:
            del self._kept[key]

    def _forget_oldest(self) -> None:
        while len(self._kept) > 1 and (
            len(self._kept) > self._most or sum(size for _, size in self._kept.values()) > BYTES_KEPT
        ):
            self._kept.popitem(last=False)


def _load(path: Path) -> Any:
    import keras

    _few_threads()
    verify_checksum(path)
    return keras.saving.load_model(path, compile=False)


@functools.cache
def _few_threads() -> None:
    """Answer with few threads: to share work on one small picture takes longer than to do it."""
    import tensorflow as tf

    with suppress(RuntimeError):  # TensorFlow runs already, as in a process that does other things, too
        tf.config.threading.set_intra_op_parallelism_threads(MOST_THREADS)
        tf.config.threading.set_inter_op_parallelism_threads(1)


def graph(model: Any, batch: int | None = None) -> Callable[[Floats], Floats]:
    """Return a Keras model as a function from inputs to outputs that has been compiled into a graph.

    As a graph one answer takes about 1 ms, where calling the model takes 8 and `predict()` 130.

    Args:
        model: Its inputs have the shape (n, *input_shape), its outputs (n, *output_shape).
        batch: The n of every call; None for any.
    """
    import tensorflow as tf

    signature = tf.TensorSpec((batch, *model.input_shape[1:]), tf.float32)
    # without AutoGraph, which has nothing to translate and leaves a file among the temporary ones each time
    asked = tf.function(
        lambda inputs: model(inputs, training=False), input_signature=[signature], autograph=False
    )
    compiled = asked.get_concrete_function()
    return lambda inputs: np.asarray(compiled(tf.constant(inputs, tf.float32)).numpy(), np.float32)


def pixels_of(image: str, side: int) -> NDArray[np.uint8]:
    """Return a picture that came as text.

    Args:
        image: Grey values from 0 to 255 as bytes, row by row, in base64.
        side: Width and height, pixels.

    Returns:
        Shape (side, side).

    Raises:
        NotDrawable: It is no such picture.
    """
    try:
        raw = base64.b64decode(image, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise NotDrawable("The picture did not arrive whole. Draw it again.") from error
    if isinstance(side, bool) or not isinstance(side, int) or not 1 <= side <= LARGEST_SIDE:
        raise NotDrawable(f"A picture has 1 to {LARGEST_SIDE} pixels a side; this one says {side!r}.")
    if len(raw) != side * side:
        raise NotDrawable(
            f"A picture of {side} × {side} pixels has {side * side:,} values, but {len(raw):,} arrived. "
            "Draw it again."
        )
    return np.frombuffer(raw, np.uint8).reshape(side, side)


def input_of(network: Network, pixels: NDArray[np.uint8]) -> Floats:
    """Return a picture as a network's input, shape (side, side, 1).

    Raises:
        NotDrawable: The network takes pictures of another size.
    """
    if network.side != len(pixels):
        raise NotDrawable(
            f"{network.label} takes pictures of {network.side} × {network.side} pixels, and this one has "
            f"{len(pixels)} × {len(pixels)}."
        )
    return pixels.astype(np.float32)[..., None]


_HELD = ExitStack()


@functools.lru_cache(2)
def _store(path: Path) -> RunStore:
    store = RunStore(path)
    if os.name == "posix":  # elsewhere a file that somebody holds can't be put aside when it is damaged
        # as long as this process lives: SQLite tidies up when nobody has its file open, 10 ms each time
        _HELD.enter_context(store.held())
    return store


def store() -> RunStore:
    """Return the run store of this process."""
    return _store(home())
