"""A stranger's network made anew by our own builder, compared with the file, and filled with its weights.

For a disposable process: it loads TensorFlow.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from core.bringback.compare import Differences, compare, compare_configs
from core.bringback.front import config_with, statistics_of
from core.bringback.graph import Graph, Node, read_graph
from core.bringback.network import Network, plainly
from core.bringback.plan import read_differences
from core.bringback.weights import read_adapted, read_weights
from core.data.split import NO_STATISTICS, Statistics
from core.errors import FileRefused
from core.experiment.block import Block, every_layer
from core.experiment.experiment import Experiment
from core.experiment.fields import declared
from core.experiment.keras_config import BEGINNING
from core.experiment.layer import Layer
from core.model import recipe
from core.model.build import network as built
from core.model.build import perform


def refusal(problems: list[str] | tuple[str, ...]) -> FileRefused:
    """Return all that keeps a network from being brought back, as one error."""
    listed = "\n".join(f"- {problem}" for problem in problems)
    return FileRefused(f"This network can't be brought back as it is:\n{listed}")


def differences_of_each(network: Network) -> list[str]:
    """Return what can't be said of layers that could be read, where others could not."""
    found: list[str] = []
    for node, layer in network.translation.read:
        if policy := node.config.get("dtype"):
            made = _written(perform(layer.keras_call()))
            plain = network.translation.graph.node(node.name)
            found += compare_configs(
                plain, Node("", layer.kind(), {**made, "dtype": policy}, (), ""), defaults
            ).problems
    return found


def _written(layer: Any) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))["config"]
    return config


def statistics(network: Network, weights: bytes) -> Statistics:
    """Return what the inputs are normalized by: out of the config, or learned by the layer in front."""
    translation = network.translation
    front = translation.front
    if front.statistics is not None:
        return front.statistics
    node = next(
        (each for each in translation.graph.nodes if translation.names.get(each.name) == front.name), None
    )
    if node is None or "mean" not in node.config:
        return NO_STATISTICS
    count = 1 if network.info.is_image else network.info.input_shape[-1]
    found = statistics_of(*read_adapted(weights, node.path, count))
    if isinstance(found, str):
        raise refusal([f"{node.called}: {found}"])
    return found


def rebuild(network: Network, statistics: Statistics) -> tuple[Any, Differences]:
    """Return the network as our builder makes it, and how it differs from the file's."""
    translation = network.translation
    keras.utils.set_random_seed(translation.experiment.training.seed)
    # random numbers that are replaced at once would be most of the work
    model = built(with_zeros(translation.experiment), network.info, statistics)
    _name_initializers(model, translation.experiment)
    ours = plainly(read_graph(json.loads(json.dumps(keras.saving.serialize_keras_object(model)))))
    theirs = translation.graph
    if statistics is not NO_STATISTICS:
        theirs = _with_statistics(theirs, translation.names, translation.front.name, statistics)
        ours = _with_statistics(
            ours, {node.name: node.name for node in ours.nodes}, translation.front.name, statistics
        )
    return model, compare(theirs, ours, translation.names, translation.added, defaults)


def with_zeros(experiment: Experiment) -> Experiment:
    """Return a design all weights of which begin as zeros, wherever a layer has a say in that."""

    def quick(layer: Layer) -> Layer:
        quickly = layer.replace(**dict.fromkeys(_initializers(layer), "zeros"))
        if isinstance(quickly, Block):
            return quickly.holding(tuple(tuple(map(quick, branch)) for branch in quickly.branches))
        return quickly

    return experiment.with_layers(tuple(map(quick, experiment.model.layers)))


def _initializers(layer: Layer) -> list[str]:
    return [name for name in declared(layer) if BEGINNING.fullmatch(name)]


def _name_initializers(model: Any, experiment: Experiment) -> None:
    """Have a model's layers say again what its design lets weights begin from."""
    built = {layer.name: layer for layer in model.layers}
    for layer in every_layer(experiment.model.layers):
        for name in _initializers(layer):
            setattr(built[layer.name], name, keras.initializers.get(getattr(layer, name)))


def _with_statistics(graph: Graph, names: Mapping[str, str], front: str, statistics: Statistics) -> Graph:
    return replace(
        graph,
        nodes=tuple(
            replace(node, config=config_with(node.config, statistics))
            if names.get(node.name) == front
            else node
            for node in graph.nodes
        ),
    )


def defaults(kind: str, name: str, of_call: bool = False) -> Any:
    """Return what a class of Keras's layers takes for what is left out, as a JSON value.

    Raises:
        KeyError: It has no such argument, or no default for it.
    """
    layer = getattr(keras.layers, kind)
    default = inspect.signature(layer.call if of_call else layer.__init__).parameters[name].default
    if default is inspect.Parameter.empty:
        raise KeyError(name)
    return json.loads(json.dumps(default, default=str))


def fill(model: Any, network: Network, weights: bytes) -> list[str]:
    """Give a model of ours the numbers of the file; return what should be known of them."""
    translation = network.translation
    layers = {layer.name: layer for layer in model.layers}
    places = {
        node.path: layers[translation.names[node.name]]
        for node in translation.graph.nodes
        if translation.names[node.name] != translation.front.name
    }
    expected = {path: tuple(tuple(each.shape) for each in layer.weights) for path, layer in places.items()}
    names = {node.path: node.name.rpartition("/")[2] for node in translation.graph.nodes}
    remarks = []
    for path, arrays in read_weights(weights, expected, names).items():
        layer = places[path]
        layer.set_weights(arrays)
        if not all(np.isfinite(array).all() for array in arrays):
            remarks.append(
                f"{layer.name} has weights that are no finite numbers, as after a training that ran away: "
                "the network's answers may be no numbers either."
            )
    return remarks


def plan_differences(network: Network) -> list[str]:
    """Return what the file says of loss and optimizer that can't be had here.

    The model itself stays without both: numbers that an optimizer kept are not brought back.
    """
    if network.said is not None:
        return []
    experiment = network.translation.experiment
    optimizer = perform(recipe.optimizer(experiment, network.info))
    loss = perform(recipe.loss(experiment.training))
    ours = {
        part: (type(made).__name__, json.loads(json.dumps(made.get_config(), default=str)))
        for part, made in (("optimizer", optimizer), ("loss", loss))
    }
    return list(read_differences(network.compiled, ours))
