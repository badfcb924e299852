"""Configs as Keras writes them, and what they are here."""

from __future__ import annotations

from typing import Any

import pytest

from core.bringback.archive import open_archive
from core.bringback.network import Network, parts, read_network
from core.errors import FileRefused
from core.experiment.dataset import DatasetInfo
from tests.unit.keras_files import (
    Document,
    dense,
    fed,
    functional,
    given,
    layer,
    packed,
)

FLAT = layer("Flatten", "flatten", data_format="channels_last")
RESCALING = layer("Rescaling", "rescaling", scale=1 / 255, offset=0.0)
LAST = dense("last", 10, "softmax")


def network_of(document: Document, info: DatasetInfo, normalization: str = "none") -> Network:
    """Return what a model's config is here."""
    return read_network(parts(open_archive(packed(document))), info, normalization)


def kinds_of(network: Network) -> list[str]:
    """Return the kinds of the outermost layers of a network in which nothing is in the way."""
    assert network.translation.problems == ()
    return [each.kind() for each in network.translation.experiment.model.layers]


def problems_of(document: Document, info: DatasetInfo) -> dict[str, str]:
    """Return the problems of a network, by the name of the layer."""
    told = network_of(document, info).translation.problems
    return {problem.split(" ", 1)[0]: problem for problem in told}


def refusal_of(document: Document, info: DatasetInfo) -> str:
    """Return why a model's config is refused."""
    with pytest.raises(FileRefused) as refused:
        network_of(document, info)
    return str(refused.value)


def conv(name: str, filters: int = 4, **config: Any) -> Document:
    """Return a Conv2D as Keras writes it."""
    settings = {
        "filters": filters,
        "kernel_size": [3, 3],
        "strides": [1, 1],
        "padding": "same",
        "activation": "relu",
        "use_bias": True,
    }
    return layer("Conv2D", name, **{**settings, **config})


def joining(*names: str, kind: str = "Add") -> Document:
    """Return a layer called join that joins others."""
    return fed(layer(kind, "join", **({"axis": -1} if kind == "Concatenate" else {})), *names, merged=True)


def picture(*layers: Document) -> Document:
    """Return a functional model on pictures: stem, some layers up to join, and an output."""
    end = (fed(FLAT, "join"), fed(LAST, "flatten"))
    return functional(
        "input_layer", "last", fed(given(28, 28, 1)), fed(conv("stem"), "input_layer"), *layers, *end
    )
