"""Which way a training goes: compiled by XLA, inside one graph, or streamed. Loads no TensorFlow.

It is a rule and no trial, so that the same design takes the same way each time, to the last bit, and
nobody waits to find out. `python -m benchmarks.paths` measures what the rule says.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.model.compiling import slowed_by_xla

LARGEST_SHARE = 0.5
"""Of a device's memory: what data may take to lie there as a whole."""
MOST_NAMED = 3
"""Kinds of layers that a sentence names, or one more."""

_GRAPH = (
    "TensorFlow has laid out the whole computation as one graph, and works through many batches in a row "
    "without going back to Python for each."
)
_PROGRAM = (
    "XLA, TensorFlow's compiler, has turned the computation into one program made for this network, which "
    "works through many batches in a row. That is faster where, as here, nearly all the work is what Dense "
    "layers do: products of matrices."
)


class Way(StrEnum):
    """How the batches of a training are worked through."""

    XLA = "XLA"
    IN_GRAPH = "in-graph"
    STREAMED = "streamed"


@dataclass(frozen=True)
class Device:
    """What a training runs on.

    Attributes:
        is_gpu: Whether it is a graphics card.
        memory: Bytes that it has in all.
    """

    is_gpu: bool
    memory: int


PROCESSOR = Device(is_gpu=False, memory=0)
"""Any processor, where it does not matter how much memory there is: for no data at all."""


@dataclass(frozen=True)
class Path:
    """The way of one training.

    Attributes:
        way: Which.
        why: A sentence for people.
        threads: TensorFlow's that divide an operation among them, and its operations side by side; None: as
            many as it likes.
    """

    way: Way
    why: str
    threads: tuple[int, int] | None = None


def choose(experiment: Experiment, info: DatasetInfo, size: int, device: Device) -> Path:
    """Return the fastest way for a training.

    Args:
        experiment: The design.
        info: What its data set declares.
        size: Bytes of the samples that are learned from.
        device: What it will run on.
    """
    if size > LARGEST_SHARE * device.memory:
        return Path(
            Way.STREAMED,
            f"The data take {_gigabytes(size)}, more than half of the memory "
            f"({_gigabytes(device.memory)}): they can't lie there as a whole, so batches are put together "
            "while it trains.",
        )
    if device.is_gpu:
        return Path(Way.IN_GRAPH, f"{_GRAPH} The data lie on the graphics card, where it computes.")
    if slow := slowed_by_xla(experiment, info):
        return Path(
            Way.IN_GRAPH, f"{_GRAPH} Its compiler, XLA, is left out: it would slow down {_listed(slow)}."
        )
    return Path(Way.XLA, _PROGRAM)


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    shown = [*names[:MOST_NAMED], f"{more} more kinds of layers"] if more > 1 else names
    return names[0] if len(names) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
