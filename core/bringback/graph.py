"""A Keras model's config as a graph of layers: names, classes, configs and who feeds whom. Data alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.bringback.written import (
    NOT_PLAIN,
    ends,
    feeding,
    given_to,
    in_order,
    mapping,
    model_kind,
    name_of,
    odd_calls,
    oddity,
    places,
    shown,
    too_many,
    unique,
    unreadable,
)
from core.errors import FileRefused
from core.experiment.dataset import Shape
from core.experiment.fields import shortened
from core.experiment.model_spec import MOST_LAYERS

INPUT = ""
"""What stands for the model's input among a node's parents."""
_LARGEST_AXIS = 1_000_000
_MOST_MODELS = 50


@dataclass(frozen=True)
class Node:
    """One layer of a Keras model, models inside of it unfolded.

    Attributes:
        name: Its name; with the names of the models that it stands in, where there are some.
        kind: Its class.
        config: What its `get_config()` gave.
        parents: The names of the layers whose outputs it takes, in order.
        path: Where its weights lie in the file of weights.
        odd: What about it Keras's own layers do not do, in words that follow its name; or nothing.
        given: What it is called with beside its inputs.
    """

    name: str
    kind: str
    config: Mapping[str, Any]
    parents: tuple[str, ...]
    path: str
    odd: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """What messages call it."""
        return f"{shown(self.name, 80)} ({shown(self.kind, 40)})"


@dataclass(frozen=True)
class Graph:
    """A Keras model.

    Attributes:
        input_shape: Shape of one sample.
        input_type: Its dtype.
        nodes: The layers, each behind those that feed it.
        output: The name of the layer that gives the answer.
    """

    input_shape: Shape
    input_type: str
    nodes: tuple[Node, ...]
    output: str

    def node(self, name: str) -> Node:
        """Return the layer of that name, which is there."""
        return next(each for each in self.nodes if each.name == name)


def read_graph(document: Mapping[str, Any]) -> Graph:
    """Return the graph of a model that Keras wrote as `config.json`.

    Raises:
        FileRefused: It is no model with one input and one output, or too large.
    """
    if model_kind(document) is None:
        raise FileRefused(f"This file holds no model of a kind that can be read here. {NOT_PLAIN}")
    reader = _Reader()
    output = reader.model(document, "", "", INPUT)
    if reader.shape is None:
        raise FileRefused(
            "This network does not say the shape of its input. Put keras.Input(…) in front, call the model "
            "once, and save it again."
        )
    if not reader.nodes:
        raise FileRefused(f"This network has no layers. {NOT_PLAIN}")
    return Graph(reader.shape, reader.dtype, tuple(reader.nodes), output)


@dataclass
class _Reader:
    """Walks through a model and the models inside of it."""

    nodes: list[Node] = field(default_factory=list)
    shape: Shape | None = None
    dtype: str = "float32"
    models: int = 0

    def model(self, document: Mapping[str, Any], within: str, path: str, given: str) -> str:
        """Note the layers of a model; return the name of the one that gives its output.

        Args:
            document: The model.
            within: What its layers' names begin with.
            path: Where its weights lie.
            given: The name of the layer that feeds it.
        """
        self.models += 1
        if self.models > _MOST_MODELS:
            raise FileRefused(f"This network has more than {_MOST_MODELS} models in it. {NOT_PLAIN}")
        config = mapping(document.get("config"))
        listed = config.get("layers")
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            raise unreadable()
        if len(listed) > 2 * MOST_LAYERS:
            raise too_many(len(listed))
        paths = [f"{path}layers/{each}" for each in places(listed)]
        if model_kind(document) == "Sequential":
            return self._sequential(config, list(zip(listed, paths, strict=True)), within, given)
        return self._functional(config, list(zip(listed, paths, strict=True)), within, given)

    def _sequential(
        self, config: Mapping[str, Any], listed: list[tuple[dict[str, Any], str]], within: str, given: str
    ) -> str:
        value = given
        names: set[str] = set()
        for layer, path in listed:
            name = unique(name_of(layer), names)
            value = self._layer(layer, within + name, path, (value,))
        if self.shape is None and given == INPUT:
            self._take_shape(config.get("build_input_shape"))
        return value

    def _functional(
        self, config: Mapping[str, Any], listed: list[tuple[dict[str, Any], str]], within: str, given: str
    ) -> str:
        by_name = {name_of(layer): (layer, path) for layer, path in listed}
        if len(by_name) < len(listed):
            raise unreadable()
        (first,), (last,) = ends(config, "input_layers"), ends(config, "output_layers")
        feeds = {name: feeding(layer) for name, (layer, _) in by_name.items()}
        values: dict[str, str] = {}
        for name in in_order(feeds):
            layer, path = by_name[name]
            parents = tuple(values[each] for each in feeds[name])
            if not parents and (name != first or layer.get("class_name") != "InputLayer"):
                raise FileRefused(f"{shortened(name)} in this network is fed by nothing. {NOT_PLAIN}")
            values[name] = self._layer(layer, within + name, path, parents or (given,))
        if last not in values:
            raise unreadable()
        return values[last]

    def _layer(self, layer: Mapping[str, Any], name: str, path: str, parents: tuple[str, ...]) -> str:
        """Note one layer, or a model in its place; return the name of what gives its output."""
        config, kind = mapping(layer.get("config")), layer.get("class_name")
        if not isinstance(kind, str):
            raise unreadable()
        if model_kind(layer) and len(parents) == 1 and not odd_calls(layer) and not given_to(layer):
            return self.model(layer, f"{name}/", f"{path}/", parents[0])
        if kind == "InputLayer" and not oddity(layer):
            self._input(config, name, parents[0])
            return parents[0]
        if parents == (INPUT,) and self.shape is None:
            self._take_shape(config.get("batch_shape") or config.get("batch_input_shape"))
        self.nodes.append(Node(name, kind, config, parents, path, oddity(layer), given_to(layer)))
        if len(self.nodes) > MOST_LAYERS:
            raise too_many(len(self.nodes))
        return name

    def _input(self, config: Mapping[str, Any], name: str, given: str) -> None:
        if config.get("sparse") or config.get("ragged"):
            raise FileRefused(f"{shortened(name)}: sparse inputs can't be fed here. {NOT_PLAIN}")
        if given == INPUT and self.shape is None:
            dtype = config.get("dtype")
            self.dtype = dtype if isinstance(dtype, str) else ""
            self._take_shape(config.get("batch_shape") or config.get("batch_input_shape"))

    def _take_shape(self, written: object) -> None:
        if not isinstance(written, list) or not 2 <= len(written) <= 5:
            return
        sizes = written[1:]
        if not all(type(each) is int and 1 <= each <= _LARGEST_AXIS for each in sizes):
            raise FileRefused(
                f"This network takes inputs of shape {shortened(written)}; every size but the first has to "
                "be a whole number. Give keras.Input(…) the whole shape, and save the model again."
            )
        self.shape = tuple(sizes)
