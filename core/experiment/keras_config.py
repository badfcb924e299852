"""Values as a Keras config holds them: JSON that is read as data, never made into an object of Keras."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.experiment.dataset import Shape
from core.experiment.fields import Field, Sizes

BEGINNING = re.compile(r"\w+_initializer|seed")
"""Entries that matter only while weights are made at random."""


def value(name: str, written: Any, field: Field) -> Any:
    """Return what an entry of a config says, as `field` would have it; None: the field's default.

    An initializer is an object of Keras there, and its class's name in small letters here. Square
    windows are two equal numbers there, and one here.

    Args:
        name: Of the entry.
        written: JSON values.
        field: What is to take it.
    """
    if BEGINNING.fullmatch(name):
        return _starting(written, field)
    return written if isinstance(field, Sizes) else one_of_equals(written)


def one_of_equals(written: Any) -> Any:
    """Return the number that a list repeats, at any depth; anything else as it is."""
    while isinstance(written, list) and written and all(each == written[0] for each in written):
        written = written[0]
    return written


def last_axis(config: Mapping[str, Any], shape: Shape) -> Mapping[str, Any]:
    """Return a config whose axis, where it is the last one counted from the batch, is −1.

    Args:
        config: Of a Keras layer.
        shape: Shape of one input sample, without the batch.
    """
    last = config.get("axis") in (len(shape), [len(shape)], [-1])
    return {**config, "axis": -1} if last else config


def class_name(written: Any) -> str:
    """Return the name of the class of a Keras object in a config; empty where there is none."""
    name = written.get("class_name") if isinstance(written, Mapping) else None
    return name if isinstance(name, str) else ""


def inner(written: Any) -> Mapping[str, Any]:
    """Return the config of a Keras object in a config; empty where there is none."""
    found = written.get("config") if isinstance(written, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def snake_case(name: str) -> str:
    """Return a class's name as Keras writes it in paths: `MaxPooling2D` → `max_pooling2d`."""
    parts = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", parts).lower()


def _starting(written: Any, field: Field) -> Any:
    named = written if isinstance(written, str) else snake_case(class_name(written))
    try:
        return field.parse(named)
    except ValueError:
        return None  # weights that are brought along do not start
