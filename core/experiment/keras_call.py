"""A call of something in `keras`, as data: what the builder does and what exported code says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """One call, made of names and values alone.

    `Call("layers.Dense", {"units": 10})` stands for `keras.layers.Dense(units=10)`. The builder and
    the code generator read the same calls, so that code on the screen can't differ from the model.

    Attributes:
        path: What is called, as a dotted name below `keras`.
        arguments: Keyword arguments: numbers, texts, booleans, None, tuples of them, or calls.
    """

    path: str
    arguments: Mapping[str, object] = field(default_factory=dict)
