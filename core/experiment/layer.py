"""What every layer of the catalog is, and the catalog itself.

A layer is one class in one file of `core/experiment/layers/`: its fields, its shape, its counts, the
Keras class it stands for, how it is drawn and one sentence about it. Screens, checks, the model
builder and the drawing read the class; presets, and remedies that offer a layer, name a few kinds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeVar

from core.errors import InvalidExperiment
from core.experiment import keras_config
from core.experiment.choices import Output
from core.experiment.dataset import Shape
from core.experiment.fields import Record, declared, shortened, text
from core.experiment.keras_call import Call

NAME_PATTERN = r"[a-z][a-z0-9_]{0,39}"


class Family(StrEnum):
    """Layers that belong together; each family has one colour and one heading in the palette."""

    DENSE = "dense"
    CONVOLUTION = "convolution"
    POOLING = "pooling"
    RESHAPING = "reshaping"
    ACTIVATION = "activation"
    NORMALIZATION = "normalization"
    REGULARIZATION = "regularization"
    AUGMENTATION = "augmentation"
    BLOCK = "block"

    @property
    def about(self) -> str:
        """One sentence on what its layers are for."""
        return _ABOUT[self]


_ABOUT = {
    Family.DENSE: "Every input to every neuron.",
    Family.CONVOLUTION: "Small filters that slide over an image.",
    Family.POOLING: "Make images smaller, or one number of each plane.",
    Family.RESHAPING: "The same numbers in another arrangement.",
    Family.ACTIVATION: "Functions as layers of their own.",
    Family.NORMALIZATION: "Bring values to mean 0 and spread 1: faster, steadier training.",
    Family.REGULARIZATION: "Noise while training, against overfitting.",
    Family.AUGMENTATION: "Random changes of the images while training, as if there were more of them. "
    "There are no flips here: a mirrored digit is no digit.",
    Family.BLOCK: "Hold stacks of layers.",
}


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
    """A remedy: change one field of the layer in trouble, or of the layer called `layer`."""

    field: str
    value: object
    layer: str = ""


@dataclass(frozen=True)
class Remove:
    """A remedy: take the layer in trouble out."""


Remedy = InsertBefore | Change | Remove


@dataclass(frozen=True)
class Advice:
    """Something legal that a layer would rather not be set to.

    Attributes:
        code: A stable word for tests and other programs.
        message: What is unwise and why, in words that follow "dense_1 (Dense) ".
        remedies: What would help, each with the words of its button.
    """

    code: str
    message: str
    remedies: tuple[tuple[str, Remedy], ...] = ()


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
    words: ClassVar[str] = ""
    """What else people may search it by."""
    width_field: ClassVar[str] = ""
    """The field that sets how many numbers the layer gives, where one does."""
    wants_flat: ClassVar[bool] = False
    """Whether one row of numbers is what it is meant for, though Keras takes more axes."""
    sums: ClassVar[bool] = False
    """Whether it computes weighted sums of its inputs: the layers that learn patterns."""
    random: ClassVar[bool] = False
    """Whether it changes values at random while training."""
    mixes_samples: ClassVar[bool] = False
    """Whether, while training, a sample's answer depends on the others of its batch."""
    compiled: ClassVar[bool] = False
    """Whether XLA makes its training faster on a processor (`python -m benchmarks.paths`): products of
    matrices, and what is done number by number; neither windows that slide nor random numbers."""

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

    def non_trainable_count(self, shape: Shape) -> int:
        """Return how many numbers it keeps that gradients do not change (running means and the like)."""
        return 0

    def multiply_adds(self, shape: Shape) -> int:
        """Return how many multiplications with an addition one sample of `shape` takes."""
        return 0

    def keras_arguments(self) -> dict[str, Any]:
        """Return the arguments for the Keras class, the name last; values may be calls.

        An advanced field's default is Keras's own, so it is left out.
        """
        fields = declared(self)
        defaults = {each.name: each.default for each in dataclasses.fields(self)}
        given = {
            name: getattr(self, name)
            for name, field in fields.items()
            if name != "name" and not (field.advanced and getattr(self, name) == defaults[name])
        }
        return {**given, "name": self.name}

    def keras_call(self) -> Call:
        """Return what makes the Keras layer."""
        return Call(f"layers.{self.kind()}", self.keras_arguments())

    @classmethod
    def from_keras(cls, name: str, config: Mapping[str, Any]) -> Self:
        """Return the layer that Keras describes by `config`, as far as its fields can say it.

        Whoever brings a network back builds it and compares: what the fields can't say is found then.

        Args:
            name: Its name here.
            config: What the Keras layer's `get_config()` gave, as JSON values; see `plain_config`.

        Raises:
            InvalidExperiment: A field can't take what the config says.
        """
        given = cls.fields_from_keras(config)
        return cls(name=name, **given)

    @classmethod
    def fields_from_keras(cls, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields, all but the name, that `config` speaks of."""
        return {
            name: value
            for name, field in parameters_of(cls).items()
            if name in config and (value := keras_config.value(name, config[name], field)) is not None
        }

    @classmethod
    def plain_config(cls, config: Mapping[str, Any], shape: Shape) -> Mapping[str, Any]:
        """Return a Keras config with what can be said in several ways said as our own layer says it.

        Args:
            config: What the Keras layer's `get_config()` gave, as JSON values.
            shape: Shape of one input sample, without the batch.
        """
        return config

    def caption(self) -> str:
        """Return a few words for the card: what this layer, set as it is, does."""
        return self.summary

    def output(self) -> Output | None:
        """Return what the layer's numbers can be read as; None: whatever came in."""
        return None

    def competing(self, shape: Shape) -> int:
        """Return, for an output of shares of `shape`, how many of them add up to 1."""
        return shape[-1]

    def is_linear(self) -> bool:
        """Return whether, when predicting, its output is a weighted sum of its inputs plus a constant."""
        return False

    def advice(self, shape: Shape) -> Iterable[Advice]:
        """Return what is legal but unwise about the layer on inputs of `shape`."""
        return ()

    @classmethod
    def from_tree(cls, document: Mapping[str, Any], depth: int) -> Self:
        """Return the layer that `document` describes, `depth` blocks deep."""
        return cls.from_dict(document)

    def to_tree(self) -> dict[str, Any]:
        """Return the layer, and all that it holds, as JSON values."""
        return {"kind": self.kind(), **self.to_dict()}


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


def layer_from_dict(document: object, depth: int = 0) -> Layer:
    """Return the layer that `document` describes; its `kind` says which class it is.

    Args:
        document: JSON values.
        depth: How many blocks it stands in.

    Raises:
        InvalidExperiment: It describes none, or blocks are nested too deep.
    """
    if not isinstance(document, dict):
        raise InvalidExperiment(f"A layer must be an object. Received: {shortened(document)}.")
    arguments = dict(document)
    return layer_class(arguments.pop("kind", None)).from_tree(arguments, depth)


def layer_to_dict(layer: Layer) -> dict[str, Any]:
    """Return a layer, and all that it holds, as JSON values, its kind first."""
    return layer.to_tree()


def parameters_of(kind: type[Layer]) -> dict[str, Any]:
    """Return the fields that a form shows: all but the name."""
    return {name: field for name, field in declared(kind).items() if name != "name"}
