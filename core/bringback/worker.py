"""A process for one file: builds its network, compares, reads the weights, and saves a model of our own.

It reads one job from its standard input and writes one answer to its standard output; see `disposable`.
"""

from __future__ import annotations

import inspect
import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.bringback.archive import open_archive
from core.bringback.compare import Differences, compare, compare_configs
from core.bringback.disposable import MEMORY, SECONDS, info_from
from core.bringback.front import NO_STATISTICS, config_with, statistics_of
from core.bringback.graph import Graph, Node, read_graph
from core.bringback.network import WEIGHTS, Network, parts, read_network
from core.bringback.plan import read_differences
from core.data.split import Statistics
from core.errors import FileRefused, LayerLabError
from core.experiment.layer import CATALOG
from core.model import recipe

NO_MEMORY = (
    f"This network takes more than {MEMORY >> 30} GB of memory to rebuild, and was given up. "
    "Bring a smaller one."
)


def main() -> None:
    """Do the job that comes in, and end."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    _load()
    limit()
    try:
        job = json.loads(sys.stdin.buffer.readline())
        said: dict[str, Any] = work(job, parts(open_archive(sys.stdin.buffer.read())))
    except LayerLabError as refused:
        said = {"refused": str(refused)}
    except MemoryError:
        said = {"refused": NO_MEMORY}
    except Exception as error:  # whatever a stranger's file brought about ends here
        traceback.print_exc()
        short = type(error).__name__ == "ResourceExhaustedError"
        said = {"refused": NO_MEMORY} if short else {"failed": type(error).__name__}
    with answer:
        answer.write(json.dumps(said).encode())
    answer.close()


def _load() -> None:
    """Load TensorFlow and have it start its threads, so that limits count from there."""
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])


def limit() -> None:
    """Bound what this process may take from now on, where the system can do that."""
    try:
        import resource
    except ImportError:  # Windows: whoever started this process ends it when it takes too long
        return
    used = _address_space()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if used:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = used + MEMORY if hard == resource.RLIM_INFINITY else min(used + MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)  # ends the process, in C code as well


def _address_space() -> int:
    """Return how many bytes of addresses this process has; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def work(job: Mapping[str, Any], read: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what a job asks for.

    Args:
        job: The data that the network is for, the normalization, and where to save the model.
        read: The members of the file.

    Raises:
        FileRefused: The network can't be brought back.
    """
    info = info_from(job["info"])
    network = read_network(read, info, job["normalization"])
    if network.translation.problems:
        raise refusal([*network.translation.problems, *_of_each(network)])
    statistics = _statistics(network, read[WEIGHTS])
    model, differences = rebuild(network, statistics)
    if differences.problems:
        raise refusal(differences.problems)
    remarks = [*differences.remarks, *fill(model, network, read[WEIGHTS])]
    remarks += _plan_differences(network)
    model.save(job["save"])
    kept = None if statistics is NO_STATISTICS else {"mean": statistics.mean, "std": statistics.std}
    return {"remarks": remarks, "statistics": kept}


def refusal(problems: list[str] | tuple[str, ...]) -> FileRefused:
    """Return all that keeps a network from being brought back, as one error."""
    listed = "\n".join(f"- {problem}" for problem in problems)
    return FileRefused(f"This network can't be brought back as it is:\n{listed}")


def _of_each(network: Network) -> list[str]:
    """Return what can't be said of layers that could be read, where others could not."""
    from core.model.build import perform

    found: list[str] = []
    for node, layer in network.translation.read:
        if policy := node.config.get("dtype"):
            made = _written(perform(layer.keras_call()))
            plain = network.translation.graph.node(node.name)
            found += compare_configs(
                plain, Node("", layer.kind(), {**made, "dtype": policy}, (), ""), defaults
            ).problems
    return found


def _written(layer: Any) -> dict[str, Any]:
    import keras

    config: dict[str, Any] = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))["config"]
    return config


def _statistics(network: Network, weights: bytes) -> Statistics:
    """Return what the inputs are normalized by: out of the config, or learned by the layer in front."""
    from core.bringback.weights import read_adapted

    translation = network.translation
    front = translation.front
    if front.statistics is not None:
        return front.statistics
    node = next(
        (each for each in translation.graph.nodes if translation.names.get(each.name) == front.name), None
    )
    if node is None or "mean" not in node.config:
        return NO_STATISTICS
    count = 1 if network.info.is_image else network.info.input_shape[-1]
    found = statistics_of(*read_adapted(weights, node.path, count))
    if isinstance(found, str):
        raise refusal([f"{node.called}: {found}"])
    return found


def rebuild(network: Network, statistics: Statistics) -> tuple[Any, Differences]:
    """Return the network as our builder makes it, and how it differs from the file's."""
    import keras

    from core.model.build import network as built

    translation = network.translation
    keras.utils.set_random_seed(translation.experiment.training.seed)
    model = built(translation.experiment, network.info, statistics)
    ours = _plain(read_graph(json.loads(json.dumps(keras.saving.serialize_keras_object(model)))))
    theirs = translation.graph
    if statistics is not NO_STATISTICS:
        theirs = _with_statistics(theirs, translation.names, translation.front.name, statistics)
        ours = _with_statistics(
            ours, {node.name: node.name for node in ours.nodes}, translation.front.name, statistics
        )
    return model, compare(theirs, ours, translation.names, translation.added, defaults)


def _plain(graph: Graph) -> Graph:
    """Return our own network with what Keras may say in several ways said in one."""
    return replace(
        graph,
        nodes=tuple(
            replace(node, config=CATALOG[node.kind].plain_config(node.config, ()))
            if node.kind in CATALOG
            else node
            for node in graph.nodes
        ),
    )


def _with_statistics(graph: Graph, names: Mapping[str, str], front: str, statistics: Statistics) -> Graph:
    return replace(
        graph,
        nodes=tuple(
            replace(node, config=config_with(node.config, statistics))
            if names.get(node.name) == front
            else node
            for node in graph.nodes
        ),
    )


def defaults(kind: str, name: str, of_call: bool = False) -> Any:
    """Return what a class of Keras's layers takes for what is left out, as a JSON value.

    Raises:
        KeyError: It has no such argument, or no default for it.
    """
    import keras

    layer = getattr(keras.layers, kind)
    default = inspect.signature(layer.call if of_call else layer.__init__).parameters[name].default
    if default is inspect.Parameter.empty:
        raise KeyError(name)
    return json.loads(json.dumps(default, default=str))


def fill(model: Any, network: Network, weights: bytes) -> list[str]:
    """Give a model of ours the numbers of the file; return what should be known of them."""
    import numpy as np

    from core.bringback.weights import read_weights

    translation = network.translation
    layers = {layer.name: layer for layer in model.layers}
    places = {
        node.path: layers[translation.names[node.name]]
        for node in translation.graph.nodes
        if translation.names[node.name] != translation.front.name
    }
    expected = {path: tuple(tuple(each.shape) for each in layer.weights) for path, layer in places.items()}
    remarks = []
    for path, arrays in read_weights(weights, expected).items():
        layer = places[path]
        layer.set_weights(arrays)
        if not all(np.isfinite(array).all() for array in arrays):
            remarks.append(
                f"{layer.name} has weights that are no finite numbers, as after a training that ran away: "
                "the network's answers may be no numbers either."
            )
    return remarks


def _plan_differences(network: Network) -> list[str]:
    """Return what the file says of loss and optimizer that can't be had here.

    The model itself stays without both: numbers that an optimizer kept are not brought back.
    """
    from core.model.build import perform

    if network.said is not None:
        return []
    experiment = network.translation.experiment
    optimizer = perform(recipe.optimizer(experiment, network.info))
    loss = perform(recipe.loss(experiment.training))
    ours = {
        part: (type(made).__name__, json.loads(json.dumps(made.get_config(), default=str)))
        for part, made in (("optimizer", optimizer), ("loss", loss))
    }
    return list(read_differences(network.compiled, ours))


if __name__ == "__main__":
    main()
