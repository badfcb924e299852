"""Files as Keras writes them, made without it: configs by hand, zips byte by byte."""

from __future__ import annotations

import copy
import io
import json
import random
import zipfile
from collections.abc import Mapping
from typing import Any

POLICY = {
    "module": "keras",
    "class_name": "DTypePolicy",
    "config": {"name": "float32"},
    "registered_name": None,
}
Document = dict[str, Any]


def layer(kind: str, name: str, **config: Any) -> Document:
    """Return a layer as Keras writes it."""
    return {
        "module": "keras.layers",
        "class_name": kind,
        "config": {"name": name, "trainable": True, "dtype": POLICY, **config},
        "registered_name": None,
    }


def dense(name: str, units: int, activation: Any = "relu", **config: Any) -> Document:
    """Return a Dense layer as Keras writes it."""
    settings = {
        "units": units,
        "activation": activation,
        "use_bias": True,
        "kernel_initializer": keras_object("GlorotUniform", "keras.initializers", seed=None),
        "bias_initializer": keras_object("Zeros", "keras.initializers"),
        "kernel_regularizer": None,
        "bias_regularizer": None,
        "kernel_constraint": None,
        "bias_constraint": None,
    }
    return layer("Dense", name, **{**settings, **config})


def keras_object(kind: str, module: str, **config: Any) -> Document:
    """Return an object of Keras's as it writes it."""
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def given(*shape: int, name: str = "input_layer") -> Document:
    """Return an InputLayer for samples of a shape."""
    config = {
        "batch_shape": [None, *shape],
        "dtype": "float32",
        "sparse": False,
        "ragged": False,
        "name": name,
    }
    return {"module": "keras.layers", "class_name": "InputLayer", "config": config, "registered_name": None}


def sequential(*layers: Document, **more: Any) -> Document:
    """Return a Sequential model as Keras writes it."""
    config = {"name": "sequential", "trainable": True, "dtype": POLICY, "layers": list(layers)}
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": config,
        "registered_name": None,
        **more,
    }


def fed(document: Document, *names: str, merged: bool = False, **kwargs: Any) -> Document:
    """Return a layer as it stands in a functional model, fed by others."""
    tensors = [
        {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None], "dtype": "float32", "keras_history": [name, 0, 0]},
        }
        for name in names
    ]
    calls = [{"args": [tensors] if merged else tensors, "kwargs": kwargs}] if names else []
    return {**document, "name": document["config"]["name"], "inbound_nodes": calls}


def functional(first: str, last: str, *layers: Document, **more: Any) -> Document:
    """Return a functional model as Keras writes it."""
    config = {
        "name": "functional",
        "trainable": True,
        "layers": list(layers),
        "input_layers": [first, 0, 0],
        "output_layers": [last, 0, 0],
    }
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": config,
        "registered_name": "Functional",
        **more,
    }


def notebook(**more: Any) -> Document:
    """Return the notebook's network, as Keras writes it."""
    return sequential(
        given(28, 28),
        layer("Flatten", "flatten", data_format="channels_last"),
        dense("dense", 512),
        dense("dense_1", 512),
        dense("dense_2", 10, "softmax"),
        **more,
    )


def packed(config: Document | bytes, weights: bytes = b"\x89HDF", **members: bytes) -> bytes:
    """Return a `.keras` file."""
    written = config if isinstance(config, bytes) else json.dumps(config).encode()
    return zipped({"metadata.json": b"{}", "config.json": written, "model.weights.h5": weights, **members})


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip of these members."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return memory.getvalue()


STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 2**70, 1e308, "", "relu", "../x", [], [[]], {}, [1, 2, 3], {"class_name": "Lambda"},
    [None],
)  # fmt: skip
"""Values that hardly any field can have."""


def mutate(document: Document, chance: random.Random) -> None:
    """Change, drop or copy one value somewhere in a document."""
    holders = [each for each in _holders(document) if each]
    holder: Any = chance.choice(holders)
    key = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    match chance.randrange(4):
        case 0:
            del holder[key]
        case 1:
            other: Any = chance.choice(holders)
            holder[key] = copy.deepcopy(other)
        case _:
            holder[key] = copy.deepcopy(chance.choice(STRANGE))


def _holders(value: Any) -> list[Any]:
    if not isinstance(value, dict | list):
        return []
    inside = value.values() if isinstance(value, dict) else value
    return [value, *(each for one in inside for each in _holders(one))]
