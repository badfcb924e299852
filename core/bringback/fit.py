"""Whether a network fits the data, and is small enough: said before anything is built."""

from __future__ import annotations

import math

from core.bringback.graph import Graph
from core.errors import FileRefused
from core.experiment.dataset import DatasetInfo, Shape, show_shape
from core.experiment.experiment import Experiment
from core.experiment.limits import MOST_PARAMETERS
from core.experiment.shapes import every, non_trainable_count, parameter_count, walk

_FLOATS = ("float32", "float16", "bfloat16", "float64")
_OTHER = "Choose data that fit it, or train a network for these data."


def refuse_input(graph: Graph, info: DatasetInfo) -> None:
    """Refuse a network that can't be fed with the data.

    Raises:
        FileRefused: Its input has another size or type.
    """
    if math.prod(graph.input_shape) != math.prod(info.input_shape):
        raise FileRefused(
            f"This network takes inputs of {show_shape(graph.input_shape)}, but a sample of {info.label} "
            f"is {show_shape(info.input_shape)}. {_OTHER}"
        )
    if graph.input_type not in _FLOATS:
        raise FileRefused(
            f"This network takes inputs of the type {graph.input_type[:20]!r}; here they are float32. "
            "Give keras.Input(…) no dtype, and save the model again."
        )


def refuse_output(output: Shape | None, info: DatasetInfo) -> None:
    """Refuse a network that does not answer what the data ask.

    Args:
        output: Shape of one sample of what it gives; None where that is unknown.
        info: The data.

    Raises:
        FileRefused: It gives more or fewer numbers.
    """
    if output is not None and output != (info.outputs,):
        what = f"{info.outputs} numbers" if info.outputs > 1 else "1 number"
        classes = ", one for each class" if info.classes else ""
        raise FileRefused(
            f"This network gives {show_shape(output)}, but {info.label} needs {what}{classes}. {_OTHER}"
        )


def refuse_large(experiment: Experiment, info: DatasetInfo) -> None:
    """Refuse a design that is too large to be built, before it is.

    Raises:
        FileRefused: A layer can't take its input, or there are more weights than are read.
    """
    steps = walk(experiment.model.layers, info.input_shape)
    illegal = [step for step in every(steps) if step.illegal is not None]
    if illegal:
        told = " ".join(f"{each.layer.name} {each.illegal.message}" for each in illegal if each.illegal)
        raise FileRefused(f"This network can't be built here. {told}")
    weights = parameter_count(steps) + non_trainable_count(steps)
    if weights > MOST_PARAMETERS:
        raise FileRefused(
            f"This network has {weights:,} weights; at most {MOST_PARAMETERS:,} are read. "
            "Bring a smaller one."
        )
