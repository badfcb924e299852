"""RandomTranslation: shift images while training."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.augmentation import Augmentation, fill_mode
from core.experiment.fields import real
from core.experiment.layer import register


@register
@dataclass(frozen=True, kw_only=True)
class RandomTranslation(Augmentation):
    """Shifts each image by a random share of its size while training.

    Reference: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/
    """

    summary = "shifts each image at random while training: the place should not matter"
    reference = "https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/"
    words = "shift move augment"

    height_factor: float = real(
        0.1,
        "up and down",
        "The largest shift, as a share of the height.",
        low=0.0,
        high=1.0,
        step=0.05,
    )
    width_factor: float = real(
        0.1,
        "left and right",
        "The largest shift, as a share of the width.",
        low=0.0,
        high=1.0,
        step=0.05,
    )
    fill_mode: str = fill_mode()

    def caption(self) -> str:
        return (
            f"up to {100 * self.height_factor:.0f} % up or down, {100 * self.width_factor:.0f} % sideways, "
            "while training only"
        )
