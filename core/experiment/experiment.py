"""The experiment: data + model + training. Immutable; JSON in and out with a schema version."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any, Self

import core.experiment.layers  # noqa: F401 - fills the catalog
from core.errors import InvalidExperiment
from core.experiment.data_spec import DataSpec
from core.experiment.fields import shortened
from core.experiment.layer import Layer, layer_from_dict, layer_to_dict
from core.experiment.model_spec import ModelSpec, refuse_too_many
from core.experiment.training_spec import TrainingSpec

SCHEMA = 3
"""Version of the JSON document; raised when an old reader would misread a new document.

1: flat stacks. 2: blocks that hold stacks; more layers, losses and settings. What an older document
does not name takes its default, so defaults never change their meaning.
"""

LARGEST_DOCUMENT = 200_000
"""Characters of the largest document that is read."""


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """All that is needed to make a run, and to make it again."""

    data: DataSpec = field(default_factory=DataSpec)
    model: ModelSpec = field(default_factory=ModelSpec)
    training: TrainingSpec = field(default_factory=TrainingSpec)

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
    refuse_too_many(len(layers))  # before any of them is read
    return tuple(layer_from_dict(layer) for layer in layers)
