"""How Keras writes models and layers in `config.json`: the words of the format, read as data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from core.errors import FileRefused
from core.experiment.fields import shortened
from core.experiment.keras_config import snake_case
from core.experiment.model_spec import MOST_LAYERS

MODELS = {
    "Sequential": ("keras", "keras.models", "keras.src.models.sequential"),
    "Functional": ("keras", "keras.models", "keras.src.models.functional"),
}
LAYERS = "keras.layers"
NOT_PLAIN = (
    "LayerLab opens Keras models that are Sequential, or functional with one input and one output. Build "
    "the network that way and save it again with model.save(…)."
)


def model_kind(document: Mapping[str, Any]) -> str | None:
    """Return which of Keras's own models a document is, or None where it is none."""
    kind = document.get("class_name")
    known = isinstance(kind, str) and document.get("module") in MODELS.get(kind, ())
    return str(kind) if known and document.get("registered_name") in (None, kind) else None


def mapping(value: object) -> Mapping[str, Any]:
    """Return a JSON object that has to be there.

    Raises:
        FileRefused: It is none.
    """
    if not isinstance(value, dict):
        raise unreadable()
    return value


def name_of(layer: Mapping[str, Any]) -> str:
    """Return a layer's name.

    Raises:
        FileRefused: It has none that Keras would take.
    """
    config = layer.get("config")
    name = layer.get("name") or (config.get("name") if isinstance(config, dict) else None)
    if not isinstance(name, str) or not 1 <= len(name) <= 200 or "/" in name:
        raise unreadable()
    return name


def unique(name: str, names: set[str]) -> str:
    """Return a name, noted among those that are taken.

    Raises:
        FileRefused: It is taken.
    """
    if name in names:
        raise FileRefused(f"Two layers of this network are called {shortened(name)}. {NOT_PLAIN}")
    names.add(name)
    return name


def places(listed: list[dict[str, Any]]) -> Iterator[str]:
    """Return what Keras calls each layer in a file of weights: its class, and how many came before."""
    before: Counter[str] = Counter()
    for layer in listed:
        kind = snake_case(str(layer.get("class_name"))[:100])
        yield f"{kind}_{before[kind]}" if before[kind] else kind
        before[kind] += 1


def ends(config: Mapping[str, Any], key: str) -> tuple[str]:
    """Return the one layer that a functional model begins or ends with."""
    written = config.get(key)
    while isinstance(written, list) and len(written) == 1:
        (written,) = written
    if isinstance(written, list) and written and isinstance(written[0], str) and written[1:] == [0, 0]:
        return (written[0],)
    raise FileRefused(f"This network has several inputs or outputs, or none. {NOT_PLAIN}")


def _calls(layer: Mapping[str, Any]) -> list[Any]:
    written = layer.get("inbound_nodes")
    return written if isinstance(written, list) else []


def feeding(layer: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the layers whose outputs a layer takes when it is first called."""
    calls = _calls(layer)
    feeding = tuple(_tensors(mapping(calls[0]).get("args"))) if calls else ()
    if len(feeding) > MOST_LAYERS:
        raise too_many(len(feeding))
    return feeding


def _tensors(arguments: object) -> Iterator[str]:
    """Return the names of the layers whose outputs stand among a call's arguments, at any depth."""
    if isinstance(arguments, list):
        for each in arguments:
            yield from _tensors(each)
    elif isinstance(arguments, dict) and arguments.get("class_name") == "__keras_tensor__":
        history = mapping(arguments.get("config")).get("keras_history")
        if not isinstance(history, list) or len(history) != 3 or not isinstance(history[0], str):
            raise unreadable()
        yield history[0]


def in_order(feeds: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the layers so that each stands behind those that feed it."""
    waiting = {name: len(set(parents)) for name, parents in feeds.items()}
    fed: dict[str, list[str]] = {name: [] for name in feeds}
    for name, parents in feeds.items():
        for parent in set(parents):
            if parent not in fed:
                raise unreadable()
            fed[parent].append(name)
    ready = [name for name, count in waiting.items() if not count]
    for name in ready:  # grows while it is read
        for child in fed[name]:
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    if len(ready) < len(feeds):
        raise FileRefused(f"Layers of this network feed each other in a circle. {NOT_PLAIN}")
    return ready


def oddity(layer: Mapping[str, Any]) -> str:
    """Return what about a layer is not as Keras's own layers are called."""
    if layer.get("module") != LAYERS:
        return f"is {shortened(layer.get('module'))}'s own, not one of Keras's layers"
    if layer.get("registered_name") is not None:
        return "is a class of the network's author, not one of Keras's layers"
    return odd_calls(layer)


def odd_calls(layer: Mapping[str, Any]) -> str:
    """Return what about the calls of a layer can't be so in a design, in words that follow its name."""
    calls = _calls(layer)
    if len(calls) > 1:
        return "is used more than once, so that its weights are shared"
    for call in calls:
        if any(index != [0, 0] for index in _indices(mapping(call).get("args"))):
            return "takes one of several outputs of a layer"
    return ""


def given_to(layer: Mapping[str, Any]) -> dict[str, Any]:
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


def shown(name: str, most: int) -> str:
    """Return a name that a stranger gave as a message may hold it: one short line of plain characters."""
    return re.sub(r"[^\w ./:+-]", "?", name[:most])


def unreadable() -> FileRefused:
    """Return the error for a config that is not as Keras writes it."""
    return FileRefused(f"The list of this network's layers can't be read. {NOT_PLAIN}")


def too_many(count: int) -> FileRefused:
    """Return the error for a network of that many layers."""
    return FileRefused(
        f"This network has {count:,} layers or more; at most {MOST_LAYERS} are read. Bring a smaller one."
    )
