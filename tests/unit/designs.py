"""Designs written as they are read: `design(PICTURES, layer("Flatten"), layer("Dense", units=5))`."""

from __future__ import annotations

from core.experiment.block import Block
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.layer import CATALOG, Layer
from core.experiment.training_spec import TrainingSpec
from tests.unit.strategies import numbered

Stack = tuple[Layer, ...]


def layer(kind: str, *branches: Stack, **settings: object) -> Layer:
    """Return a layer of the catalog; a block with its branches."""
    made = CATALOG[kind].from_dict({"name": "unnamed", **settings})
    if not branches:
        return made
    assert isinstance(made, Block)
    return made.holding(branches)


def design(info: DatasetInfo, *stack: Layer, training: TrainingSpec | None = None) -> Experiment:
    """Return a design on some data; its layers are called l0, l1, …, a block before what it holds."""
    return Experiment(data=DataSpec(dataset=info.name), training=training or TrainingSpec()).with_layers(
        numbered(stack)
    )


FLAT = layer("Flatten")
SOFTMAX = layer("Dense", units=5, activation="softmax")
"""Output for the five kinds of pictures."""
NUMBER = layer("Dense", units=1, activation="linear")
"""Output for the price of a house."""
CONV = layer("Conv2D", filters=3)
SAME = layer("Conv2D", filters=3, padding="same")
DENSE = layer("Dense", units=8)
SQUARES = TrainingSpec(loss="mean_squared_error")
