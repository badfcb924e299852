"""RandomZoom: larger and smaller images while training."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.augmentation import Augmentation, fill_mode
from core.experiment.fields import real
from core.experiment.layer import register


@register
@dataclass(frozen=True, kw_only=True)
class RandomZoom(Augmentation):
    """Makes each image larger or smaller at random, its proportions kept, while training.

    Reference: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_zoom/
    """

    summary = "makes each image larger or smaller while training: the size should not matter"
    reference = "https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_zoom/"
    words = "scale augment"

    height_factor: float = real(
        0.1,
        "largest change",
        "How much higher or lower an image gets at most, as a share of its height.",
        low=0.0,
        high=0.95,
        step=0.05,
    )
    fill_mode: str = fill_mode()

    def caption(self) -> str:
        return f"up to {100 * self.height_factor:.0f} %, while training only"
