"""From a graph of Keras layers to our own experiment; what can't be said here is named, all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.bringback import fit, naming, sentences
from core.bringback.front import Front, config_with, fronts, outside_front, read_front
from core.bringback.graph import Graph, Node
from core.bringback.plan import read_plan
from core.bringback.tree import Join, NotNested, Stack, unfold
from core.errors import FileRefused, InvalidExperiment
from core.experiment import edits
from core.experiment.block import Block, Found, Joined, Read
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo, Shape
from core.experiment.experiment import Experiment
from core.experiment.layer import CATALOG, Family, Layer
from core.experiment.shapes import walk
from core.experiment.training_spec import TrainingSpec
from core.model import recipe


@dataclass(frozen=True)
class Translation:
    """What a Keras model is here.

    Attributes:
        experiment: Its design.
        graph: The model, its configs said as our layers say them.
        names: What our builder calls each layer of the model, by its name there.
        added: Layers of our design that the model does not have: they fit the data to its input.
        front: What happens to the inputs.
        remarks: Sentences for the person.
        problems: What can't be said here, a sentence each; then the rest is not the network.
        read: The layers that could be read, with those they were read from.
    """

    experiment: Experiment
    graph: Graph
    names: Mapping[str, str]
    added: frozenset[str]
    front: Front
    remarks: tuple[str, ...]
    problems: tuple[str, ...] = ()
    read: tuple[tuple[Node, Layer], ...] = ()


def translate(
    graph: Graph, info: DatasetInfo, compiled: Mapping[str, object], normalization: str = "none"
) -> Translation:
    """Return what a Keras model is here.

    Args:
        graph: The model.
        info: The data that it is to be fed with.
        compiled: Its compile_config.
        normalization: What was done to the inputs before they came to the model.

    Raises:
        FileRefused: It can't be fed with the data, or is too large; the message says all that is wrong.
    """
    return _Translator(graph, info).translated(compiled, normalization)


@dataclass
class _Translator:
    graph: Graph
    info: DatasetInfo
    names: dict[str, str] = field(default_factory=dict)
    taken: list[Layer] = field(default_factory=list)
    plain: dict[str, Mapping[str, object]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    read: list[tuple[Node, Layer]] = field(default_factory=list)

    def translated(self, compiled: Mapping[str, object], normalization: str) -> Translation:
        fit.refuse_input(self.graph, self.info)
        try:
            stack = unfold(self.graph)
        except NotNested as crossing:
            self._note_all()
            self.problems[""] = (
                f"{crossing.node.called}: the ways around it cross, lead nowhere, or are too deep in each "
                "other. Blocks here hold whole ways that part at one layer and join in one."
            )
            stack = ()
        front, stack = self._front(stack)
        if front.kind == "" and normalization != "none":
            front = outside_front(normalization, self.info)
            outside = {front.name}
        else:
            outside = set()
        layers, output = self._stack(stack, self.graph.input_shape)
        before = () if self.problems else self._adapter(layers)
        data = DataSpec(dataset=self.info.name, normalization=front.normalization)
        plan, remarks = read_plan(compiled, self.graph, self.info)
        experiment = Experiment(data=data, training=plan)
        if not self.problems:
            experiment = self._whole(experiment, (*before, *self._without_ending(layers, plan)))
            fit.refuse_output(output, self.info)
        self.remarks += remarks
        self.remarks += sentences.on(
            front, outside, before, graph=self.graph, info=self.info, names=self.names
        )
        return Translation(
            experiment,
            self._plain_graph(front),
            self.names,
            frozenset({each.name for each in before} | outside),
            front,
            tuple(self.remarks),
            tuple(self.problems.values()),
            tuple(self.read),
        )

    def _without_ending(self, layers: tuple[Layer, ...], plan: TrainingSpec) -> tuple[Layer, ...]:
        """Return the layers without what our builder puts behind a block by itself."""
        _, ending = recipe.stack(walk(layers[:-1], self.info.input_shape), plan)
        added = [str(call.arguments["name"]) for call in ending]
        if added != [self.graph.output] or self.names.get(self.graph.output) != layers[-1].name:
            return layers
        self.names[self.graph.output] = self.graph.output
        return layers[:-1]

    def _whole(self, experiment: Experiment, layers: tuple[Layer, ...]) -> Experiment:
        try:
            experiment = experiment.with_layers(layers)
        except InvalidExperiment as error:
            raise FileRefused(f"This network can't be a design here. {error}") from None
        fit.refuse_large(experiment, self.info)
        return experiment

    def _front(self, stack: Stack) -> tuple[Front, Stack]:
        first = stack[0] if stack else None
        known = fronts(self.info)
        if not isinstance(first, Node) or first.kind not in known or first.odd:
            return Front(), stack
        front = read_front(first, self.info)
        if isinstance(front, str):
            self.problems[first.name] = f"{first.called}: {front}"
            return Front(), stack[1:]
        self.names[first.name] = front.name
        return front, stack[1:]

    def _stack(self, stack: Stack, shape: Shape | None) -> tuple[tuple[Layer, ...], Shape | None]:
        """Return a stack as layers of the catalog, and the shape of what it gives."""
        layers: list[Layer] = []
        for item in stack:
            layer = self._join(item, shape) if isinstance(item, Join) else self._layer(item, shape)
            if layer is None:
                shape = None
                continue
            layers.append(layer)
            (step,) = walk((layer,), shape)
            if step.illegal is not None:
                node = item.node if isinstance(item, Join) else item
                self.problems[node.name] = f"{node.called} {step.illegal.message}"
            shape = step.output_shape
        return tuple(layers), shape

    def _layer(self, node: Node, shape: Shape | None) -> Layer | None:
        """Return one layer; None where it can't be said here, which is noted."""
        kind = CATALOG.get(node.kind)
        if node.odd:
            self.problems[node.name] = f"{node.called}: {node.odd}. Take it out, and train without it."
            return None
        if kind is None or issubclass(kind, Block):
            self.problems[node.name] = f"{node.called}: {self._unknown(node)}"
            return None
        config = kind.plain_config(node.config, shape) if shape is not None else node.config
        self.plain[node.name] = config
        try:
            layer = kind.from_keras(naming.name_for(node, self.taken), config)
        except InvalidExperiment as error:
            # what arranges numbers anew may need to know how many come
            if shape is not None or kind.family is not Family.RESHAPING:
                said = str(error).removeprefix(f"{kind.called()}: ")
                self.problems[node.name] = f"{node.called}: {said}"
            return None
        self.taken.append(layer)
        self.names[node.name] = layer.name
        self.read.append((node, layer))
        return layer

    def _unknown(self, node: Node) -> str:
        if node.kind in fronts(self.info):
            return "can stand in front of all other layers only. Move it there, or take it out."
        return "there is no such layer here. Put one of the Build page's in its place, or take it out."

    def _join(self, join: Join, shape: Shape | None) -> Layer | None:
        """Return the block that does what parts and joins here."""
        node = join.node
        ways, found = [], dict(self.problems)
        for way in join.ways:
            layers, output = self._stack(way, shape)
            written = tuple(
                (each.kind, each.config)
                for each in (item.node if isinstance(item, Join) else item for item in way)
            )
            ways.append(Read(layers, output, written))
        name = naming.name_for(node, self.taken)
        if node.odd:
            self.problems[node.name] = f"{node.called}: {node.odd}. Use a layer of keras.layers instead."
            return None
        block = None
        if shape is not None:
            joined = Joined(node.kind, shape, tuple(ways))
            blocks = [kind for _, kind in sorted(CATALOG.items(), reverse=True) if issubclass(kind, Block)]
            block = next((made for kind in blocks if (made := kind.from_join(name, joined))), None)
        if block is None:
            if len(self.problems) == len(found):
                self.problems[node.name] = (
                    f"{node.called}: {len(ways)} ways can't be joined so here. Use Add or Concatenate."
                )
            return None
        return self._block(node, block, join, shape)

    def _block(self, node: Node, found: Found, join: Join, shape: Shape | None) -> Layer:
        if found.shortcut is not None:
            (single,) = join.ways[found.shortcut]
            assert isinstance(single, Node)
            self.problems.pop(single.name, None)  # what no layer of the catalog can say, the block can
            self.read = [(each, layer) for each, layer in self.read if each.name != single.name]
            self.names[single.name] = f"{found.block.name}{naming.PROJECTION}"
        if shape is not None:
            self.plain[node.name] = found.block.plain_config(node.config, shape)
        self.taken.append(found.block)
        self.names[node.name] = found.block.name
        return found.block

    def _adapter(self, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        """Return what has to stand between the data and the first layer, where their shapes differ."""
        given, wanted = self.info.input_shape, self.graph.input_shape
        if given == wanted:
            return ()
        first = layers[0] if layers else None
        if first is not None and first.family is Family.RESHAPING:
            ways = [walk((first,), shape)[0].output_shape for shape in (given, wanted)]
            if ways[0] == ways[1]:  # it reads the numbers in their order, however they are arranged
                return ()
        kind = "Flatten" if len(wanted) == 1 else "Reshape"
        fields = {} if len(wanted) == 1 else {"target_shape": wanted}
        try:
            adapter = CATALOG[kind].from_dict({"name": edits.new_name(kind, self.taken), **fields})
        except InvalidExperiment as error:
            raise FileRefused(f"This network's input can't be made of these data. {error}") from None
        self.taken.append(adapter)
        return (adapter,)

    def _note_all(self) -> None:
        """Note what each layer by itself can't be, where they can't be put in order."""
        for node in self.graph.nodes:
            if node.kind not in fronts(self.info) and len(node.parents) == 1:
                self._layer(node, None)

    def _plain_graph(self, front: Front) -> Graph:
        def plain(node: Node) -> Node:
            if self.names.get(node.name) == front.name and front.statistics is not None:
                return replace(node, config=config_with(node.config, front.statistics))
            return replace(node, config=self.plain.get(node.name, node.config))

        return replace(self.graph, nodes=tuple(map(plain, self.graph.nodes)))
