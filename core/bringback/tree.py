"""A graph of layers as stacks and the ways between them: where values part, and where they join again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.bringback.graph import INPUT, Graph, Node
from core.experiment.block import DEEPEST


@dataclass(frozen=True)
class Join:
    """Ways that part behind one value and join in one layer.

    Attributes:
        node: The layer that joins them.
        ways: What stands on each, in the order in which they are joined; nothing where the value goes by.
    """

    node: Node
    ways: tuple[Stack, ...]


Stack = tuple[Node | Join, ...]


class NotNested(Exception):
    """The ways cross each other.

    Attributes:
        node: A layer whose output goes two ways that are not one inside the other.
    """

    def __init__(self, node: Node) -> None:
        super().__init__(node.name)
        self.node = node


def unfold(graph: Graph) -> Stack:
    """Return the graph as one stack, in which ways that part and join stand inside each other.

    Raises:
        NotNested: They cross, or lead nowhere, or are nested deeper than a design can be.
    """
    nodes = {node.name: node for node in graph.nodes}
    unfolding = _Unfolding(nodes, _gates(graph))
    stack = unfolding.between(INPUT, graph.output, 0)
    left = [node for node in graph.nodes if node.name not in unfolding.seen]
    if left:
        raise NotNested(left[0])
    return stack


@dataclass
class _Unfolding:
    nodes: Mapping[str, Node]
    gates: Mapping[str, str]

    def __post_init__(self) -> None:
        self.seen: set[str] = set()

    def between(self, start: str, end: str, depth: int) -> Stack:
        """Return what stands behind the layer `start`, up to the layer `end`, which it comes before."""
        backwards: list[Node | Join] = []
        while end != start:
            node = self.nodes[end]
            if end in self.seen or depth > DEEPEST:
                raise NotNested(node)
            self.seen.add(end)
            gate = self.gates[end]
            if len(node.parents) == 1:
                backwards.append(node)
            else:
                ways = tuple(self.between(gate, parent, depth + 1) for parent in node.parents)
                backwards.append(Join(node, ways))
            end = gate
        return tuple(reversed(backwards))


def _gates(graph: Graph) -> dict[str, str]:
    """Return, for each layer, the nearest one that all that reaches it has gone through.

    Reference: Cooper, Harvey & Kennedy, A Simple, Fast Dominance Algorithm, 2001; without circles, once
    through the layers in order is enough.
    """
    gates: dict[str, str] = {}
    height = {INPUT: 0}
    for node in graph.nodes:
        gate = node.parents[0]
        for parent in node.parents[1:]:
            other = parent
            while gate != other:
                if height[gate] >= height[other]:
                    gate = gates[gate]
                else:
                    other = gates[other]
        gates[node.name] = gate
        height[node.name] = height[gate] + 1
    return gates
