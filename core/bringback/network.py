"""What a `.keras` file holds, read as far as that takes no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.bringback import documents, fit
from core.bringback.archive import Archive
from core.bringback.front import Front, config_with, fronts, read_front
from core.bringback.graph import Graph, Node, read_graph
from core.bringback.translate import Translation, translate
from core.data import sources
from core.errors import FileRefused, InvalidExperiment
from core.experiment.carried import NETWORK_FORMAT, NETWORK_MEMBER
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.layer import CATALOG
from core.experiment.shapes import walk

CONFIG, WEIGHTS = "config.json", "model.weights.h5"


@dataclass(frozen=True)
class Said:
    """What a file of ours says of its network.

    Attributes:
        experiment: Its design.
        card: What else it says; not checked.
    """

    experiment: Experiment
    card: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Network:
    """A network in a file.

    Attributes:
        translation: What it is here.
        compiled: Its compile_config.
        said: What a file of ours says of it; None where another program wrote it.
        info: The data that it is fed with.
    """

    translation: Translation
    compiled: Mapping[str, Any]
    said: Said | None
    info: DatasetInfo


def parts(archive: Archive, with_weights: bool = True) -> dict[str, bytes]:
    """Return the members of a file that are read.

    Args:
        archive: The file.
        with_weights: Whether the weights, the largest of them, are unpacked, too.

    Raises:
        FileRefused: One that there has to be is missing, damaged or too large.
    """
    for name in (CONFIG, WEIGHTS):
        if name not in archive:
            raise FileRefused(
                f"This file has no {name}, so it is no .keras file as Keras 3 writes it. Open the model "
                "with the Keras that wrote it, save it with model.save(“name.keras”), and bring that file."
            )
    read = {CONFIG: archive.read(CONFIG, documents.LARGEST)}
    if with_weights:
        read[WEIGHTS] = archive.read(WEIGHTS)
    if NETWORK_MEMBER in archive:
        read[NETWORK_MEMBER] = archive.read(NETWORK_MEMBER, documents.LARGEST)
    return read


def read_network(read: Mapping[str, bytes], info: DatasetInfo, normalization: str = "none") -> Network:
    """Return what a file's network is here; what can't be said is among its translation's problems.

    Args:
        read: The members of the file.
        info: The data that it is to be fed with, unless a file of ours names others that are known.
        normalization: What was done to the inputs before they came to the network.

    Raises:
        FileRefused: It can't be read, does not fit the data, or is too large.
    """
    document = documents.read(read[CONFIG], CONFIG)
    graph = read_graph(document)
    found = document.get("compile_config")
    compiled = found if isinstance(found, dict) else {}
    if NETWORK_MEMBER not in read:
        return Network(translate(graph, info, compiled, normalization), compiled, None, info)
    said = _said(documents.read(read[NETWORK_MEMBER], NETWORK_MEMBER))
    known = sources.known(said.experiment.data.dataset)
    info = known.info if known else info
    return Network(_believed(graph, said.experiment, info), compiled, said, info)


def plainly(graph: Graph) -> Graph:
    """Return a network that our builder made, with what Keras may say in several ways said in one."""

    def plain(node: Node) -> Node:
        kind = CATALOG.get(node.kind)
        return replace(node, config=kind.plain_config(node.config, ())) if kind else node

    return replace(graph, nodes=tuple(map(plain, graph.nodes)))


def _said(document: Mapping[str, Any]) -> Said:
    written = document.get("format")
    if type(written) is not int or written < 1:
        raise FileRefused(
            f"{NETWORK_MEMBER} in this file does not say its format. Save the network again in LayerLab."
        )
    if written > NETWORK_FORMAT:
        raise FileRefused("This file was written by a newer LayerLab. Update LayerLab to open it.")
    card = document.get("card")
    try:
        return Said(
            Experiment.from_dict(document.get("experiment")), card if isinstance(card, dict) else {}
        )
    except InvalidExperiment as error:
        raise FileRefused(f"The design in this file can't be read. {error}") from None


def _believed(graph: Graph, experiment: Experiment, info: DatasetInfo) -> Translation:
    """Return a network as a file of ours describes it; the builder will tell whether it is so."""
    remarks = []
    if experiment.data.dataset != info.name:
        remarks.append(
            f"It learned from data that are not on this machine ({experiment.data.dataset}); it is shown "
            f"with {info.label} instead."
        )
        experiment = experiment.with_data(dataset=info.name)
    fit.refuse_input(graph, info)
    fit.refuse_large(experiment, info)
    steps = walk(experiment.model.layers, info.input_shape)
    fit.refuse_output(steps[-1].output_shape if steps else info.input_shape, info)
    front, problems = Front(), list[str]()
    first = graph.nodes[0]
    if first.kind in fronts(info) and not first.odd:
        found = read_front(first, info)
        if isinstance(found, str):
            problems.append(f"{first.called}: {found}")
        else:
            front = found
            if front.statistics is not None:
                plain = replace(first, config=config_with(first.config, front.statistics))
                graph = replace(graph, nodes=(plain, *graph.nodes[1:]))
    names = {node.name: node.name for node in graph.nodes}
    return Translation(
        experiment, plainly(graph), names, frozenset(), front, tuple(remarks), tuple(problems)
    )
