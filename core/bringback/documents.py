"""JSON that a stranger wrote: bounded in size and depth before any of it is read."""

from __future__ import annotations

import json
import re
from typing import Any

from core.errors import FileRefused

LARGEST = 2_000_000
"""Bytes of the largest document."""
DEEPEST = 64
_MARKS = re.compile(rb'\\.|["\[\]{}]', re.DOTALL)


def read(content: bytes, name: str, largest: int = LARGEST) -> dict[str, Any]:
    """Return the JSON object that `content` holds.

    Args:
        content: UTF-8.
        name: What messages call it.
        largest: Bytes that it may have.

    Raises:
        FileRefused: It is too large, nested too deep, or no JSON object.
    """
    if len(content) > largest:
        raise FileRefused(
            f"{name} has {len(content):,} bytes; at most {largest:,} are read. Bring a smaller network."
        )
    if depth(content) > DEEPEST:
        raise FileRefused(
            f"{name} is nested more than {DEEPEST} deep. Bring a network with fewer models in each other."
        )
    damaged = FileRefused(
        f"{name} could not be read as JSON: it was cut off or changed. Save it again, or fetch it again."
    )
    try:
        parsed = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise damaged from None
    if not isinstance(parsed, dict):
        raise damaged
    return parsed


def depth(content: bytes) -> int:
    """Return how deep lists and objects are nested, without reading what they hold."""
    deepest = now = 0
    in_text = False
    for found in _MARKS.finditer(content):
        mark = found[0]
        if mark == b'"':
            in_text = not in_text
        elif not in_text and mark in b"[{":
            now += 1
            deepest = max(deepest, now)
        elif not in_text and mark in b"]}":
            now -= 1
    return deepest


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
