"""What all layers with weights share: bias, activation, starting values, penalties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from core.experiment import choices, keras_config
from core.experiment.choices import Output
from core.experiment.dataset import Shape
from core.experiment.fields import choice, flag, real
from core.experiment.keras_call import Call
from core.experiment.layer import Advice, Change, Layer

STARTS_EQUAL = ("zeros", "ones")


def activation() -> Any:
    """Declare the function applied to a layer's sums."""
    return choice(
        "relu",
        "activation",
        "The function applied to each sum. Without one, stacked layers equal a single one.",
        options=choices.ACTIVATIONS,
    )


def initializer(label: str = "starting weights") -> Any:
    """Declare from what random numbers a layer's weights start."""
    return choice(
        "glorot_uniform",
        label,
        "The random numbers that weights start from; their spread decides whether signals fade or explode.",
        options=choices.INITIALIZERS,
        advanced=True,
    )


def _penalty(norm: str, help: str) -> Any:
    return real(0.0, f"{norm} penalty", help, low=0.0, high=1.0, step=0.0001, advanced=True)


@dataclass(frozen=True, kw_only=True)
class Weighted(Layer):
    """A layer that computes weighted sums; a subclass adds its kernels' initializers.

    Penalties: Σ over all weights w of l1 |w| + l2 w², added to the loss.
    """

    sums = True
    kernels: ClassVar[tuple[str, ...]] = ("kernel",)
    """Keras's names of its arrays of weights, biases aside."""

    activation: str = activation()
    use_bias: bool = flag(
        True,
        "use bias",
        "Adds a learned constant to each sum. A normalization right behind makes it superfluous.",
        advanced=True,
    )
    l1: float = _penalty("L1", "Adds this times Σ |w| to the loss: useless weights go to exactly zero.")
    l2: float = _penalty("L2", "Adds this times Σ w² to the loss: weights stay small, against overfitting.")

    def keras_arguments(self) -> dict[str, Any]:
        arguments = super().keras_arguments()
        given: dict[str, object] = {norm: arguments.pop(norm) for norm in ("l1", "l2") if norm in arguments}
        name = arguments.pop("name")
        if given:
            kind = "L1L2" if len(given) == 2 else next(iter(given)).upper()
            arguments |= {
                f"{kernel}_regularizer": Call(f"regularizers.{kind}", given) for kernel in self.kernels
            }
        return {**arguments, "name": name}

    @classmethod
    def fields_from_keras(cls, config: Mapping[str, Any]) -> dict[str, Any]:
        penalties = [config.get(f"{kernel}_regularizer") for kernel in cls.kernels]
        given = {}
        if keras_config.class_name(penalties[0]) in ("L1", "L2", "L1L2"):
            said = keras_config.inner(penalties[0])
            given = {norm: said[norm] for norm in ("l1", "l2") if norm in said}
        return {**super().fields_from_keras(config), **given}

    @classmethod
    def plain_config(cls, config: Mapping[str, Any], shape: Shape) -> Mapping[str, Any]:
        penalties = {
            name: _plain_penalty(config[name])
            for kernel in cls.kernels
            if (name := f"{kernel}_regularizer") in config
        }
        return {**super().plain_config(config, shape), **penalties}

    def output(self) -> Output:
        return choices.activation(self.activation).output

    def is_linear(self) -> bool:
        return self.activation == "linear"

    def advice(self, shape: Shape) -> Iterable[Advice]:
        field = f"{self.kernels[-1]}_initializer"  # the array that tells its neurons apart
        if getattr(self, field) in STARTS_EQUAL:
            yield Advice(
                "equal-weights",
                "starts with all weights equal, so all its neurons get the same gradients and stay "
                "equal: it can learn no more than a single one.",
                (("Start from Glorot uniform", Change(field, "glorot_uniform")),),
            )


def _plain_penalty(written: Any) -> Any:
    """Return a penalty as Keras has it in a config, without those parts of it that are zero."""
    if keras_config.class_name(written) not in ("L1", "L2", "L1L2"):
        return written
    parts = {name: value for name, value in keras_config.inner(written).items() if value != 0}
    if len(parts) == 2:
        return written
    return {**written, "class_name": next(iter(parts)).upper(), "config": parts} if parts else None
