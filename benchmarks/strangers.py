"""The worst files that a stranger can bring: how long each takes, and how much memory.

    python -m benchmarks.strangers

Each file is within every limit of its form, and as expensive as those allow. Prints what came of it, the
seconds from the file to the answer (the loading of TensorFlow included), and the largest memory of the
process that rebuilt it.
"""

from __future__ import annotations

import io
import json
import os
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import h5py
import numpy as np
import psutil

from benchmarks import report
from core.bringback.bring import Trained, bring
from core.data.sources import source
from core.errors import LayerLabError
from tests.unit.keras_files import (
    dense,
    fed,
    functional,
    given,
    keras_object,
    layer,
    notebook,
    packed,
    sequential,
    zipped,
)

INFO = source("digits").info
AIM_SECONDS, AIM_BYTES = 30, 3e9
FLATTEN = layer("Flatten", "flatten", data_format="channels_last")
Shapes = Mapping[str, list[tuple[int, ...]]]


def convolution(name: str) -> dict[str, Any]:
    """Return a small convolution's configuration."""
    return layer(
        "Conv2D",
        name,
        filters=4,
        kernel_size=[3, 3],
        strides=[1, 1],
        padding="same",
        data_format="channels_last",
        dilation_rate=[1, 1],
        groups=1,
        activation="relu",
        use_bias=True,
    )


def weights(shapes: Shapes, **settings: object) -> bytes:
    """Return an HDF5 file with weights of these shapes; `settings` are h5py's."""
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        for path, each in shapes.items():
            group = file.create_group(f"{path}/vars")
            for number, shape in enumerate(each):
                chosen = settings if len(shape) > 1 else {}
                group.create_dataset(str(number), shape, np.float32, **chosen)
    return memory.getvalue()


def squeezed(document: Mapping[str, Any], content: bytes) -> bytes:
    """Return an archive that is packed as tightly as zip can."""
    members = {"config.json": json.dumps(document).encode(), "model.weights.h5": content}
    return zipped(members, zipfile.ZIP_DEFLATED)


def _counted(name: str, count: int) -> list[str]:
    """Return the names that Keras gives layers of one kind in a file of weights."""
    return [f"layers/{name}{f'_{number}' if number else ''}" for number in range(count)]


def many_layers() -> bytes:
    """200 layers, each small."""
    stack = [convolution(f"c{number}") for number in range(197)]
    shapes: Shapes = {
        path: [(3, 3, 1 if number == 0 else 4, 4), (4,)]
        for number, path in enumerate(_counted("conv2d", 197))
    }
    document = sequential(given(28, 28, 1), *stack, FLATTEN, dense("l", 10))
    return squeezed(document, weights({**shapes, "layers/dense": [(3136, 10), (10,)]}))


def many_blocks() -> bytes:
    """60 additions of what went around two layers."""
    flow, before = [fed(convolution("s"), "input_layer")], "s"
    for number in range(60):
        norm = layer("BatchNormalization", f"b{number}", axis=-1, momentum=0.99, epsilon=0.001)
        flow += [fed(convolution(f"a{number}"), before), fed(norm, f"a{number}")]
        flow.append(fed(layer("Add", f"j{number}"), before, f"b{number}", merged=True))
        before = f"j{number}"
    document = functional(
        "input_layer",
        "l",
        fed(given(28, 28, 1)),
        *flow,
        fed(FLATTEN, before),
        fed(dense("l", 10), "flatten"),
    )
    shapes: Shapes = {
        "layers/dense": [(3136, 10), (10,)],
        **{path: [(3, 3, 1 if not at else 4, 4), (4,)] for at, path in enumerate(_counted("conv2d", 61))},
        **dict.fromkeys(_counted("batch_normalization", 60), [(4,)] * 4),
    }
    return squeezed(document, weights(shapes))


def giant_pictures() -> bytes:
    """Pictures of 115,000 pixels a side, between layers without weights."""
    grown = [
        layer("UpSampling2D", name, size=[16, 16], data_format="channels_last", interpolation="nearest")
        for name in "abc"
    ]
    pool = layer("GlobalAveragePooling2D", "g", data_format="channels_last", keepdims=False)
    document = sequential(given(28, 28, 1), *grown, pool, dense("l", 10))
    return squeezed(document, weights({"layers/dense": [(1, 10), (10,)]}))


def junk() -> bytes:
    """2 MB of configuration, and 190 MB of weights that belong to nothing."""
    document = notebook()
    document["junk"] = "x" * 1_900_000
    return squeezed(document, b"\x89HDF\r\n\x1a\n" + os.urandom(9_500_000) + b"\0" * 180_000_000)


def many_groups() -> bytes:
    """60,000 empty groups where weights should be."""
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        group = file.create_group("layers/dense/vars")
        for number in range(60_000):
            group.create_group(f"x{number}")
    return squeezed(notebook(), memory.getvalue())


def many_weights() -> bytes:
    """12 million real weights, whose starting values would take long to make."""
    slow = keras_object("Orthogonal", "keras.initializers", gain=1.0, seed=None)
    wide = [dense(name, 3_000, kernel_initializer=slow) for name in "ab"]
    document = sequential(given(28, 28), FLATTEN, *wide, dense("l", 10))
    random, memory = np.random.default_rng(0), io.BytesIO()
    sizes = [(784, 3_000), (3_000, 3_000), (3_000, 10)]
    with h5py.File(memory, "w") as file:
        for path, size in zip(_counted("dense", 3), sizes, strict=True):
            file[f"{path}/vars/0"] = random.random(size, np.float32)
            file[f"{path}/vars/1"] = np.zeros(size[1], np.float32)
    return packed(document, memory.getvalue())


CASES: tuple[Callable[[], bytes], ...] = (
    many_layers,
    many_blocks,
    giant_pictures,
    junk,
    many_groups,
    many_weights,
)


def main() -> None:
    """Bring each file, and print the table."""
    report.conditions()
    report.head("file", "MB", "seconds", "largest memory, GB", "", "what came of it")
    for case in CASES:
        content = case()
        seconds, memory, said = _brought(content)
        met = "met" if seconds < AIM_SECONDS and memory < AIM_BYTES else "not met"
        words = (case.__doc__ or "").rstrip(".")
        report.row(words, f"{len(content) / 1e6:.1f}", f"{seconds:.1f}", f"{memory / 1e9:.2f}", met, said)


def _brought(content: bytes) -> tuple[float, float, str]:
    """Return how long a file took, how much memory at most, and what came of it."""
    peak, over = [0], threading.Event()

    def watch() -> None:
        me = psutil.Process()
        while not over.wait(0.02):
            for child in me.children(recursive=True):
                try:
                    peak[0] = max(peak[0], child.memory_info().rss)
                except psutil.Error:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    begun = time.perf_counter()
    try:
        found = bring(content, "model.keras", INFO)
        said = "brought" if isinstance(found, Trained) else "a design"
    except LayerLabError as refused:
        said = f"refused: {str(refused).splitlines()[0][:70]}"
    finally:
        seconds = time.perf_counter() - begun
        over.set()
        watcher.join()
    return seconds, float(peak[0]), said


if __name__ == "__main__":
    main()
