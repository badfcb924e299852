"""RandomContrast: stronger and weaker contrast while training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.experiment.augmentation import Augmentation
from core.experiment.fields import real
from core.experiment.layer import register


@register
@dataclass(frozen=True, kw_only=True)
class RandomContrast(Augmentation):
    """Moves each plane's values away from their mean, or towards it, by a random factor while training.

    Formula: y = (x − mean) c + mean, c from 1 − factor to 1 + factor.
    Reference: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_contrast/
    """

    summary = "makes contrasts stronger or weaker while training: the ink should not matter"
    reference = "https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_contrast/"
    words = "brightness augment"

    factor: float = real(
        0.2,
        "largest change",
        "How much stronger or weaker the contrast gets at most.",
        low=0.0,
        high=1.0,
        step=0.05,
    )

    def keras_arguments(self) -> dict[str, Any]:
        # Keras cuts off what leaves this range; inputs may be normalized to any, so nothing is cut
        return {"value_range": (-1e6, 1e6), **super().keras_arguments()}

    @classmethod
    def fields_from_keras(cls, config: Mapping[str, Any]) -> dict[str, Any]:
        return {"factor": _end(config.get("factor"))}

    def caption(self) -> str:
        return f"up to {100 * self.factor:.0f} %, while training only"


def _end(written: Any) -> Any:
    """Return the second of two numbers: Keras keeps a factor as the lowest and the highest change."""
    return written[1] if isinstance(written, list) and len(written) == 2 else written
