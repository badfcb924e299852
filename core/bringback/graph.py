"""A Keras model's config as a graph of layers: names, classes, configs and who feeds whom. Data alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import FileRefused
from core.experiment.dataset import Shape
from core.experiment.fields import shortened
from core.experiment.keras_config import snake_case
from core.experiment.model_spec import MOST_LAYERS

INPUT = ""
"""What stands for the model's input among a node's parents."""
MODELS = {
    "Sequential": ("keras", "keras.models", "keras.src.models.sequential"),
    "Functional": ("keras", "keras.models", "keras.src.models.functional"),
}
_LAYERS = "keras.layers"
_LARGEST_AXIS = 1_000_000
_MOST_MODELS = 50
_NOT_PLAIN = (
    "LayerLab opens Keras models that are Sequential, or functional with one input and one output. Build "
    "the network that way and save it again with model.save(…)."
)


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
        return f"{self.name[:80]} ({self.kind[:40]})"


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
    if _model_kind(document) is None:
        raise FileRefused(f"This file holds no model of a kind that can be read here. {_NOT_PLAIN}")
    reader = _Reader()
    output = reader.model(document, "", "", INPUT)
    if reader.shape is None:
        raise FileRefused(
            "This network does not say the shape of its input. Put keras.Input(…) in front, call the model "
            "once, and save it again."
        )
    if not reader.nodes:
        raise FileRefused(f"This network has no layers. {_NOT_PLAIN}")
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
            raise FileRefused(f"This network has more than {_MOST_MODELS} models in it. {_NOT_PLAIN}")
        config = _mapping(document.get("config"))
        listed = config.get("layers")
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            raise _unreadable()
        if len(listed) > 2 * MOST_LAYERS:
            raise _too_many(len(listed))
        paths = [f"{path}layers/{each}" for each in _places(listed)]
        if _model_kind(document) == "Sequential":
            return self._sequential(config, list(zip(listed, paths, strict=True)), within, given)
        return self._functional(config, list(zip(listed, paths, strict=True)), within, given)

    def _sequential(
        self, config: Mapping[str, Any], listed: list[tuple[dict[str, Any], str]], within: str, given: str
    ) -> str:
        value = given
        names: set[str] = set()
        for layer, path in listed:
            name = _unique(_name(layer), names)
            value = self._layer(layer, within + name, path, (value,))
        if self.shape is None and given == INPUT:
            self._take_shape(config.get("build_input_shape"))
        return value

    def _functional(
        self, config: Mapping[str, Any], listed: list[tuple[dict[str, Any], str]], within: str, given: str
    ) -> str:
        by_name = {_name(layer): (layer, path) for layer, path in listed}
        if len(by_name) < len(listed):
            raise _unreadable()
        (first,), (last,) = _ends(config, "input_layers"), _ends(config, "output_layers")
        feeds = {name: _feeding(layer) for name, (layer, _) in by_name.items()}
        values: dict[str, str] = {}
        for name in _in_order(feeds):
            layer, path = by_name[name]
            parents = tuple(values[each] for each in feeds[name])
            if not parents and (name != first or layer.get("class_name") != "InputLayer"):
                raise FileRefused(f"{shortened(name)} in this network is fed by nothing. {_NOT_PLAIN}")
            values[name] = self._layer(layer, within + name, path, parents or (given,))
        if last not in values:
            raise _unreadable()
        return values[last]

    def _layer(self, layer: Mapping[str, Any], name: str, path: str, parents: tuple[str, ...]) -> str:
        """Note one layer, or a model in its place; return the name of what gives its output."""
        config, kind = _mapping(layer.get("config")), layer.get("class_name")
        if not isinstance(kind, str):
            raise _unreadable()
        if _model_kind(layer) and len(parents) == 1 and not _odd_calls(layer) and not _given(layer):
            return self.model(layer, f"{name}/", f"{path}/", parents[0])
        if kind == "InputLayer" and layer.get("module") == _LAYERS:
            self._input(config, name, parents[0])
            return parents[0]
        if parents == (INPUT,) and self.shape is None:
            self._take_shape(config.get("batch_shape") or config.get("batch_input_shape"))
        self.nodes.append(Node(name, kind, config, parents, path, _odd(layer), _given(layer)))
        if len(self.nodes) > MOST_LAYERS:
            raise _too_many(len(self.nodes))
        return name

    def _input(self, config: Mapping[str, Any], name: str, given: str) -> None:
        if config.get("sparse") or config.get("ragged"):
            raise FileRefused(f"{shortened(name)}: sparse inputs can't be fed here. {_NOT_PLAIN}")
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


def _model_kind(document: Mapping[str, Any]) -> str | None:
    kind = document.get("class_name")
    known = isinstance(kind, str) and document.get("module") in MODELS.get(kind, ())
    return str(kind) if known and document.get("registered_name") in (None, kind) else None


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _unreadable()
    return value


def _name(layer: Mapping[str, Any]) -> str:
    config = layer.get("config")
    name = layer.get("name") or (config.get("name") if isinstance(config, dict) else None)
    if not isinstance(name, str) or not 1 <= len(name) <= 200 or "/" in name:
        raise _unreadable()
    return name


def _unique(name: str, names: set[str]) -> str:
    if name in names:
        raise FileRefused(f"Two layers of this network are called {shortened(name)}. {_NOT_PLAIN}")
    names.add(name)
    return name


def _places(listed: list[dict[str, Any]]) -> Iterator[str]:
    """Return what Keras calls each layer in a file of weights: its class, and how many came before."""
    before: Counter[str] = Counter()
    for layer in listed:
        kind = snake_case(str(layer.get("class_name"))[:100])
        yield f"{kind}_{before[kind]}" if before[kind] else kind
        before[kind] += 1


def _ends(config: Mapping[str, Any], key: str) -> tuple[str]:
    """Return the one layer that a functional model begins or ends with."""
    written = config.get(key)
    while isinstance(written, list) and len(written) == 1:
        (written,) = written
    if isinstance(written, list) and written and isinstance(written[0], str) and written[1:] == [0, 0]:
        return (written[0],)
    raise FileRefused(f"This network has several inputs or outputs, or none. {_NOT_PLAIN}")


def _calls(layer: Mapping[str, Any]) -> list[Any]:
    written = layer.get("inbound_nodes")
    return written if isinstance(written, list) else []


def _feeding(layer: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the layers whose outputs a layer takes when it is first called."""
    calls = _calls(layer)
    feeding = tuple(_tensors(_mapping(calls[0]).get("args"))) if calls else ()
    if len(feeding) > MOST_LAYERS:
        raise _too_many(len(feeding))
    return feeding


def _tensors(arguments: object) -> Iterator[str]:
    """Return the names of the layers whose outputs stand among a call's arguments, at any depth."""
    if isinstance(arguments, list):
        for each in arguments:
            yield from _tensors(each)
    elif isinstance(arguments, dict) and arguments.get("class_name") == "__keras_tensor__":
        history = _mapping(arguments.get("config")).get("keras_history")
        if not isinstance(history, list) or len(history) != 3 or not isinstance(history[0], str):
            raise _unreadable()
        yield history[0]


def _in_order(feeds: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the layers so that each stands behind those that feed it."""
    waiting = {name: len(set(parents)) for name, parents in feeds.items()}
    fed: dict[str, list[str]] = {name: [] for name in feeds}
    for name, parents in feeds.items():
        for parent in set(parents):
            if parent not in fed:
                raise _unreadable()
            fed[parent].append(name)
    ready = [name for name, count in waiting.items() if not count]
    for name in ready:  # grows while it is read
        for child in fed[name]:
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    if len(ready) < len(feeds):
        raise FileRefused(f"Layers of this network feed each other in a circle. {_NOT_PLAIN}")
    return ready


def _odd(layer: Mapping[str, Any]) -> str:
    """Return what about a layer is not as Keras's own layers are called."""
    if layer.get("module") != _LAYERS:
        return f"is {shortened(layer.get('module'))}'s own, not one of Keras's layers"
    if layer.get("registered_name") is not None:
        return "is a class of the network's author, not one of Keras's layers"
    return _odd_calls(layer)


def _odd_calls(layer: Mapping[str, Any]) -> str:
    calls = _calls(layer)
    if len(calls) > 1:
        return "is used more than once, so that its weights are shared"
    for call in calls:
        if any(index != [0, 0] for index in _indices(_mapping(call).get("args"))):
            return "takes one of several outputs of a layer"
    return ""


def _given(layer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a layer is called with beside its inputs; masks that are not there aside."""
    given: dict[str, Any] = {}
    for call in _calls(layer):
        arguments = call.get("kwargs") if isinstance(call, dict) else None
        given |= arguments if isinstance(arguments, dict) else {}
    return {name: value for name, value in given.items() if not _is_nothing(value)}


def _is_nothing(value: object) -> bool:
    """Return whether an argument is None, or None for each of several inputs."""
    return value is None or (isinstance(value, list) and all(each is None for each in value))


def _indices(arguments: object) -> Iterator[list[Any]]:
    """Return, for every value among a call's arguments, which call and output of its layer it is."""
    for each in arguments if isinstance(arguments, list) else []:
        for one in each if isinstance(each, list) else [each]:
            if not isinstance(one, dict) or one.get("class_name") != "__keras_tensor__":
                yield ["no tensor"]
                continue
            config = one.get("config")
            history = config.get("keras_history") if isinstance(config, dict) else None
            yield history[1:] if isinstance(history, list) else []


def _unreadable() -> FileRefused:
    return FileRefused(f"The list of this network's layers can't be read. {_NOT_PLAIN}")


def _too_many(count: int) -> FileRefused:
    return FileRefused(
        f"This network has {count:,} layers or more; at most {MOST_LAYERS} are read. Bring a smaller one."
    )
