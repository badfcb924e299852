"""Values of a Keras config: whether two mean the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from core.experiment.fields import shortened
from core.experiment.keras_config import class_name, inner

_IDENTITY = "shared_object_id"
_NUMBERED_ALIKE = 1e-9


def same(one: Any, other: Any) -> bool:
    """Return whether two values of a config mean the same."""
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        try:
            return math.isclose(one, other, rel_tol=_NUMBERED_ALIKE)
        except OverflowError:
            return False
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = (set(one) | set(other)) - {_IDENTITY}
        return all(same(one.get(key), other.get(key)) for key in keys)
    return type(one) is type(other) and bool(one == other)


def policy_of(written: Any) -> str:
    """Return the name of a dtype policy in a config; what is none, as a short text."""
    if isinstance(written, str):
        return written[:40]
    name = inner(written).get("name") if class_name(written) == "DTypePolicy" else None
    return name if isinstance(name, str) else shortened(written)
