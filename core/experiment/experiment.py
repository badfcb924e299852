"""The experiment: data + model + training. Immutable; JSON in and out with a schema version."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Self

import core.experiment.layers  # noqa: F401 - fills the catalog
from core.errors import InvalidExperiment
from core.experiment import choices
from core.experiment.fields import Record, choice, integer, real, shortened, text
from core.experiment.layer import Layer, layer_from_dict, layer_to_dict

SCHEMA = 1
"""Version of the JSON document; raised when an old reader would misread a new document."""

MOST_LAYERS = 200
LARGEST_DOCUMENT = 200_000
"""Characters of the largest document that is read."""


@dataclass(frozen=True, kw_only=True)
class DataSpec(Record):
    """Which data, and what is done to them before the first layer."""

    dataset: str = text(
        "digits",
        "data",
        "What the network learns from.",
        pattern=r"[a-z][a-z0-9_]{0,39}",
        expected="the name of a data set, in small letters",
    )
    normalization: str = choice(
        "rescale",
        "normalization",
        "What happens to the inputs before the first layer. It becomes part of the model.",
        options=choices.NORMALIZATIONS,
    )
    validation_fraction: float = real(
        0.1,
        "validation share",
        "The share of the training set kept aside to see how the network does on what it has not "
        "learned from.",
        low=0.01,
        high=0.9,
        step=0.05,
    )
    seed: int = integer(
        0,
        "split seed",
        "Which samples are kept for validation; the same seed keeps the same ones.",
        low=0,
        high=2**31 - 1,
    )

    @classmethod
    def called(cls) -> str:
        return "data"


@dataclass(frozen=True, kw_only=True)
class TrainingSpec(Record):
    """How the network learns."""

    loss: str = choice(
        "sparse_categorical_crossentropy",
        "loss",
        "How wrong an answer is, as one number; training makes it smaller.",
        options=choices.LOSSES,
    )
    optimizer: str = choice(
        "adam",
        "optimizer",
        "The rule that turns gradients into steps of the weights.",
        options=choices.OPTIMIZERS,
    )
    learning_rate: float = real(
        0.001,
        "learning rate",
        "How large a step is. Too large and the loss jumps or grows; too small and nothing happens.",
        low=1e-7,
        high=10.0,
        step=0.0005,
    )
    batch_size: int = integer(
        32,
        "batch size",
        "How many samples are looked at before each step of the weights.",
        low=1,
        high=1_000_000,
        unit="samples",
    )
    epochs: int = integer(
        10,
        "epochs",
        "How many times the network goes through the whole training set.",
        low=1,
        high=10_000,
    )
    seed: int = integer(
        0,
        "seed",
        "Fixes the starting weights and the order of the samples, so that a run can be repeated.",
        low=0,
        high=2**31 - 1,
    )

    @classmethod
    def called(cls) -> str:
        return "training"


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """The stack of layers, first to last, without the input.

    Raises:
        InvalidExperiment: Two layers share a name, or there are too many.
    """

    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        if len(self.layers) > MOST_LAYERS:
            raise InvalidExperiment(
                f"This design has {len(self.layers):,} layers; at most {MOST_LAYERS} can be shown "
                "and trained here. Remove some."
            )
        names = [layer.name for layer in self.layers]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InvalidExperiment(f"Two layers are called {twice[0]}. Give each layer its own name.")

    def index(self, name: str) -> int:
        """Return the place of the layer called `name`, counted from 0.

        Raises:
            InvalidExperiment: No layer has that name.
        """
        for index, layer in enumerate(self.layers):
            if layer.name == name:
                return index
        raise InvalidExperiment(
            f"There is no layer called {shortened(name)} in this design; "
            "it may have been removed in another tab. Reload the page."
        )


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """All that is needed to make a run, and to make it again."""

    data: DataSpec = DataSpec()
    model: ModelSpec = ModelSpec()
    training: TrainingSpec = TrainingSpec()

    def with_data(self, **changes: object) -> Self:
        """Return a copy with some data settings changed."""
        return replace(self, data=self.data.replace(**changes))

    def with_training(self, **changes: object) -> Self:
        """Return a copy with some training settings changed."""
        return replace(self, training=self.training.replace(**changes))

    def with_layers(self, layers: tuple[Layer, ...]) -> Self:
        """Return a copy with another stack."""
        return replace(self, model=ModelSpec(layers=layers))

    def to_dict(self) -> dict[str, Any]:
        """Return the experiment as JSON values."""
        return {
            "schema": SCHEMA,
            "data": self.data.to_dict(),
            "model": {"layers": [layer_to_dict(layer) for layer in self.model.layers]},
            "training": self.training.to_dict(),
        }

    def to_json(self, indent: int | None = None) -> str:
        """Return the experiment as a JSON document."""
        separators = (",", ":") if indent is None else None
        return json.dumps(self.to_dict(), indent=indent, separators=separators)

    @classmethod
    def from_dict(cls, document: object) -> Self:
        """Return the experiment that `document` describes.

        Raises:
            InvalidExperiment: It describes none; the message says what is wrong with it.
        """
        if not isinstance(document, dict):
            raise InvalidExperiment(f"A design must be a JSON object. Received: {shortened(document)}.")
        schema = document.get("schema")
        if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
            raise InvalidExperiment(f"A design must say its schema version. Received: {shortened(schema)}.")
        if schema > SCHEMA:
            raise InvalidExperiment(
                f"This design was written by a newer LayerLab (schema {shortened(schema)}; this one "
                f"reads up to {SCHEMA}). Update LayerLab to open it."
            )
        unknown = sorted(str(key) for key in set(document) - {"schema", "data", "model", "training"})
        if unknown:
            raise InvalidExperiment(f"A design has no {shortened(', '.join(unknown))}.")
        return cls(
            data=DataSpec.from_dict(document.get("data", {})),
            model=ModelSpec(layers=_layers(document.get("model", {}))),
            training=TrainingSpec.from_dict(document.get("training", {})),
        )

    @classmethod
    def from_json(cls, document: str) -> Self:
        """Return the experiment that a JSON document describes.

        Raises:
            InvalidExperiment: It is no JSON, or describes no experiment.
        """
        if len(document) > LARGEST_DOCUMENT:
            raise InvalidExperiment(
                f"This design is {len(document):,} characters long; at most {LARGEST_DOCUMENT:,} are read."
            )
        try:
            parsed = json.loads(document)
        except (ValueError, RecursionError):
            raise InvalidExperiment(
                "This is not a design: it could not be read as JSON. It may have been cut off."
            ) from None
        return cls.from_dict(parsed)


def _layers(model: object) -> tuple[Layer, ...]:
    layers = model.get("layers", []) if isinstance(model, dict) else None
    if not isinstance(layers, list) or (isinstance(model, dict) and set(model) - {"layers"}):
        raise InvalidExperiment("A design's model must be an object that holds a list of layers.")
    if len(layers) > MOST_LAYERS:
        raise InvalidExperiment(
            f"This design has {len(layers):,} layers; at most {MOST_LAYERS} can be shown and "
            "trained here. Remove some."
        )
    return tuple(layer_from_dict(layer) for layer in layers)
