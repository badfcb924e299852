"""Whether what our builder made is the very network of the file: both written by Keras, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any, Protocol

from core.bringback.graph import INPUT, Graph, Node
from core.bringback.values import policy_of, same
from core.experiment.fields import shortened
from core.experiment.keras_config import BEGINNING


class Defaults(Protocol):
    """What Keras takes for what is left out."""

    def __call__(self, kind: str, name: str, of_call: bool = False) -> Any:
        """Return what a class takes for an argument of its making, or of its call, as a JSON value.

        Raises:
            KeyError: It has no such argument, or no default for it.
        """


_ASIDE = {"name", "dtype", "batch_input_shape", "batch_shape"}


@dataclass(frozen=True)
class Differences:
    """What is not the same.

    Attributes:
        problems: A sentence for each thing that makes it another network.
        remarks: A sentence for each thing that matters only when it is trained from the beginning.
    """

    problems: tuple[str, ...]
    remarks: tuple[str, ...]


def compare(
    theirs: Graph, ours: Graph, names: Mapping[str, str], added: Set[str], defaults: Defaults
) -> Differences:
    """Return how the network that our builder made differs from that of the file.

    Args:
        theirs: The file's.
        ours: What our builder made, as Keras writes it.
        names: What our builder calls each layer of the file, by its name there.
        added: Layers that only ours has, each in a row with others: they fit the data to the input.
        defaults: What Keras takes for what a config leaves out.
    """
    mine = {node.name: node for node in ours.nodes}
    problems: list[str] = []
    remarks: list[str] = []
    for node in theirs.nodes:
        own = mine.get(names.get(node.name, ""))
        if own is None:
            problems.append(f"{node.called}: it can't be built here.")
            continue
        of_config = compare_configs(node, own, defaults)
        problems += of_config.problems
        remarks += of_config.remarks
        problems += _parents(node, own, mine, names, added)
    left = set(mine) - set(names.values()) - added
    problems += [
        f"{mine[name].called}: the network in the file has no such layer." for name in sorted(left)
    ]
    if names.get(theirs.output) != ours.output:
        problems.append(f"{theirs.node(theirs.output).called}: it would not be the last layer here.")
    return Differences(tuple(problems), tuple(remarks))


def compare_configs(theirs: Node, ours: Node, defaults: Defaults) -> Differences:
    """Return how a layer that our builder made differs from the file's."""
    if theirs.kind != ours.kind:
        return Differences((f"{theirs.called}: it would be a {ours.kind} here.",), ())
    if theirs.odd:
        return Differences((f"{theirs.called}: {theirs.odd}.",), ())
    problems, remarks = [], []
    for name, was, is_now in (*_fields(theirs, ours, defaults), *_calls(theirs, ours, defaults)):
        if BEGINNING.fullmatch(name):
            remarks.append(
                f"{theirs.called}: its {name} was {_show(was)}, and is {_show(is_now)} here. That matters "
                "only if you train it from the beginning."
            )
        else:
            problems.append(
                f"{theirs.called}: its {name} is {_show(was)}; here it can only be {_show(is_now)}. "
                "Build it that way, train it, and save it again."
            )
    return Differences(tuple(problems), tuple(remarks))


def _fields(theirs: Node, ours: Node, defaults: Defaults) -> Iterator[tuple[str, Any, Any]]:
    """Return the name of each field that differs, with both values."""
    policies = [policy_of(node.config.get("dtype", "float32")) for node in (theirs, ours)]
    if policies[0] != policies[1]:
        yield "dtype", policies[0], policies[1]
    for name in sorted(set(theirs.config) | set(ours.config), key=str):
        if name in _ASIDE:
            continue
        if name not in theirs.config and BEGINNING.fullmatch(name):
            continue
        if name not in ours.config:
            if theirs.config[name] is not None:
                yield name, theirs.config[name], None
            continue
        try:
            was = theirs.config[name] if name in theirs.config else defaults(ours.kind, name)
        except KeyError:
            yield name, "not said", ours.config[name]
            continue
        if not same(was, ours.config[name]):
            yield name, was, ours.config[name]


def _calls(theirs: Node, ours: Node, defaults: Defaults) -> Iterator[tuple[str, Any, Any]]:
    """Return what a layer is called with that Keras would not take by itself."""
    for name, was in sorted(theirs.given.items(), key=str):
        try:
            usual = defaults(ours.kind, name, of_call=True)
        except KeyError:
            usual = None
        if not same(was, usual):
            yield f"{name} when it is called", was, usual


def _show(value: Any) -> str:
    """Return a value of a config as people would write it."""
    if isinstance(value, Mapping) and isinstance(value.get("class_name"), str):
        settings = value.get("config")
        given = settings if isinstance(settings, Mapping) else {}
        said = ", ".join(f"{key}={each!r}" for key, each in list(given.items())[:4] if each is not None)
        return shortened(f"{value['class_name']}({said})", 90).strip("'\"")
    return shortened(value, 90)


def _parents(
    node: Node, own: Node, mine: Mapping[str, Node], names: Mapping[str, str], added: Set[str]
) -> Iterator[str]:
    """Return a sentence where a layer of ours is fed by others than the file's."""
    wanted = [names.get(parent, "?") if parent != INPUT else INPUT for parent in node.parents]
    found = [_behind(parent, mine, added) for parent in own.parents]
    alike = sorted(wanted) == sorted(found) if own.kind == "Add" else wanted == found
    if not alike:
        yield f"{node.called}: it would be fed by {', '.join(found) or 'the input'} here, which is not so."


def _behind(name: str, mine: Mapping[str, Node], added: Set[str]) -> str:
    """Return the layer that feeds another, those aside that were put in front."""
    while name in added:
        (name,) = mine[name].parents
    return name
