"""RandomRotation: turn images while training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.experiment.augmentation import Augmentation, fill_mode
from core.experiment.dataset import Shape
from core.experiment.fields import real
from core.experiment.layer import Advice, Change, register


@register
@dataclass(frozen=True, kw_only=True)
class RandomRotation(Augmentation):
    """Turns each image by a random angle, in both directions, while training.

    Reference: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_rotation/
    """

    summary = "turns each image a little while training: the slant should not matter"
    reference = "https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_rotation/"
    words = "turn augment"

    factor: float = real(
        0.03,
        "largest turn",
        "The largest angle, as a share of a whole turn: 0.03 is about 11 degrees.",
        low=0.0,
        high=0.5,
        step=0.01,
    )
    fill_mode: str = fill_mode()

    @classmethod
    def fields_from_keras(cls, config: Mapping[str, Any]) -> dict[str, Any]:
        given = super().fields_from_keras(config)
        turns = given.get("factor")
        # Keras keeps the smallest and the largest turn
        return {**given, "factor": turns[1]} if isinstance(turns, list) and len(turns) == 2 else given

    def caption(self) -> str:
        return f"up to {360 * self.factor:.0f}° either way, while training only"

    def advice(self, shape: Shape) -> Iterable[Advice]:
        if self.factor > 0.125:
            degrees = f"{360 * self.factor:.0f}"
            effect = (
                "a 6 becomes a 9, and is still called a 6"
                if self.factor > 0.35
                else "few things stand like that, and the network learns what it never meets"
            )
            yield Advice(
                "large-turn",
                f"turns images by up to {degrees} degrees: {effect}.",
                (("Turn by 11 degrees at most", Change("factor", 0.03)),),
            )
