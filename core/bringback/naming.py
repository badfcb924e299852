"""Names of layers that come from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.bringback.graph import Node
from core.experiment import edits
from core.experiment.layer import NAME_PATTERN, Layer

PROJECTION = "_Projection"
"""What our builder adds to a block's name for the layer in its shortcut."""
_LONGEST = 34
"""Characters of a name to which a number may still be added."""


def name_for(node: Node, taken: Iterable[Layer]) -> str:
    """Return a name that a layer can have here: its own, or one like it.

    Args:
        node: The layer.
        taken: Layers whose names are no longer free.
    """
    own = node.name.rpartition("/")[2]
    names = {layer.name for layer in taken}
    if re.fullmatch(NAME_PATTERN, own) and own not in names:
        return own
    plain = re.sub(r"[^a-z0-9_]+", "_", own.lower()).lstrip("0123456789_")[:_LONGEST]
    if not plain:
        return edits.new_name("Layer", taken)
    number, name = 0, plain
    while name in names:
        number += 1
        name = f"{plain}_{number}"
    return name
