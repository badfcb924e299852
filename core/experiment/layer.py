"""What every layer of the catalog is, and the catalog itself.

A layer is one class in one file of `core/experiment/layers/`: its fields, its shape, its parameter
count, the Keras class it stands for, how it is drawn and one sentence about it. Screens, checks,
the model builder and the drawing read the class; none of them knows a layer by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from core.errors import InvalidExperiment
from core.experiment.choices import Output
from core.experiment.dataset import Shape
from core.experiment.fields import Record, declared, shortened, text

NAME_PATTERN = r"[a-z][a-z0-9_]{0,39}"


class Family(StrEnum):
    """Layers that belong together; each family has one colour and one heading in the palette."""

    DENSE = "dense"
    CONVOLUTION = "convolution"
    POOLING = "pooling"
    RESHAPING = "reshaping"
    REGULARIZATION = "regularization"


class Drawn(StrEnum):
    """How the drawing of the network shows a layer."""

    OUTPUT = "output"
    """By what it gives: a column of neurons, or planes where it gives images."""
    MARK = "mark"
    """As a line across the connections: it changes values, not shapes."""


@dataclass(frozen=True)
class InsertBefore:
    """A remedy: put a new layer of this kind before the one in trouble."""

    kind: str


@dataclass(frozen=True)
class Change:
    """A remedy: change one field of the layer in trouble."""

    field: str
    value: object


Remedy = InsertBefore | Change


class IllegalInput(Exception):
    """A layer cannot take the shape it is given.

    Attributes:
        message: Why, in words that follow "dense_1 (Dense) ".
        remedies: What would help, each with the words of its button.
    """

    def __init__(self, message: str, *remedies: tuple[str, Remedy]) -> None:
        super().__init__(message)
        self.message = message
        self.remedies = remedies


@dataclass(frozen=True, kw_only=True)
class Layer(Record):
    """One layer of a stack.

    Attributes:
        name: Its name in the Keras model, unique in the stack; it stays when the layer moves.
    """

    family: ClassVar[Family]
    summary: ClassVar[str]
    drawn: ClassVar[Drawn] = Drawn.OUTPUT
    reference: ClassVar[str] = ""
    width_field: ClassVar[str] = ""
    """The field that sets how many numbers the layer gives, where one does."""
    wants_flat: ClassVar[bool] = False
    """Whether one row of numbers is what it is meant for, though Keras takes more axes."""

    name: str = text(
        "",
        "name",
        "The layer's name in the Keras model.",
        pattern=NAME_PATTERN,
        expected="a small letter, then up to 39 small letters, digits or _",
    )

    @classmethod
    def kind(cls) -> str:
        """Return the name of the class in `keras.layers`, which is this class's own."""
        return cls.__name__

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of one output sample.

        Args:
            shape: Shape of one input sample, without the batch.

        Raises:
            IllegalInput: The layer cannot take such an input.
        """
        return shape

    def parameter_count(self, shape: Shape) -> int:
        """Return how many trainable numbers the layer has for inputs of `shape`."""
        return 0

    def keras_arguments(self) -> dict[str, Any]:
        """Return the arguments for the Keras class, the name included."""
        return self.to_dict()

    def caption(self) -> str:
        """Return a few words for the card: what this layer, set as it is, does."""
        return self.summary

    def output(self) -> Output | None:
        """Return what the layer's numbers can be read as; None: whatever came in."""
        return None


CATALOG: dict[str, type[Layer]] = {}
LayerType = TypeVar("LayerType", bound=Layer)


def register(layer: type[LayerType]) -> type[LayerType]:
    """Put a layer class into the catalog; used as a decorator."""
    CATALOG[layer.kind()] = layer
    return layer


def layer_class(kind: object) -> type[Layer]:
    """Return the catalog's class of that name.

    Raises:
        InvalidExperiment: The catalog has no such layer.
    """
    found = CATALOG.get(kind) if isinstance(kind, str) else None
    if found is None:
        raise InvalidExperiment(
            f"The layer {shortened(kind)} is not known here. It may come from a newer LayerLab. "
            f"Known are {', '.join(sorted(CATALOG))}."
        )
    return found


def layer_from_dict(document: object) -> Layer:
    """Return the layer that `document` describes; its `kind` says which class it is."""
    if not isinstance(document, dict):
        raise InvalidExperiment(f"A layer must be an object. Received: {shortened(document)}.")
    arguments = dict(document)
    return layer_class(arguments.pop("kind", None)).from_dict(arguments)


def layer_to_dict(layer: Layer) -> dict[str, Any]:
    """Return a layer as JSON values, its kind first."""
    return {"kind": layer.kind(), **layer.to_dict()}


def parameters_of(kind: type[Layer]) -> dict[str, Any]:
    """Return the fields that a form shows: all but the name."""
    return {name: field for name, field in declared(kind).items() if name != "name"}
