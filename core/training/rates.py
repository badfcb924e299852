"""The learning rate, read and changed while a training goes on."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras.optimizers.schedules import LearningRateSchedule


class Scaled(LearningRateSchedule):  # type: ignore[misc]
    """A schedule times a factor that can be changed at any time."""

    def __init__(self, schedule: LearningRateSchedule, scale: float) -> None:
        """Scale a schedule."""
        self.schedule = schedule
        self.scale = keras.Variable(scale, dtype="float32", trainable=False)

    def __call__(self, step: Any) -> Any:
        return self.schedule(step) * keras.ops.convert_to_tensor(self.scale)

    def get_config(self) -> dict[str, Any]:
        return dict(self.schedule.get_config())  # never saved: `Rate.give_back` comes first


class Rate:
    """The learning rate of one training."""

    def __init__(
        self,
        optimizer: keras.optimizers.Optimizer,
        schedule: LearningRateSchedule | None,
        scale: float = 1.0,
    ) -> None:
        """Take hold of an optimizer's rate until `give_back`.

        Args:
            optimizer: The model's own.
            schedule: The schedule it follows; None where its rate is a number.
            scale: What the schedule was multiplied by when training left off.
        """
        self._optimizer = optimizer
        self._schedule = schedule
        self._scaled = Scaled(schedule, scale) if schedule else None
        if self._scaled:
            optimizer.learning_rate = self._scaled

    @property
    def now(self) -> float:
        """The rate of the next step."""
        return float(f"{float(self._optimizer.learning_rate):.6g}")

    @property
    def scale(self) -> float:
        """What the schedule is multiplied by."""
        return float(self._scaled.scale) if self._scaled else 1.0

    def set(self, rate: float) -> bool:
        """Take another rate from the next step on; a schedule goes on from there in proportion.

        Returns:
            False where there can be no such rate, or the schedule has come down to 0.
        """
        if not (math.isfinite(rate) and rate > 0):
            return False
        if self._scaled is None:
            self._optimizer.learning_rate = rate
        elif self.now > 0:
            self._scaled.scale.assign(self.scale * rate / self.now)
        else:
            return False
        return True

    def give_back(self) -> None:
        """Leave the optimizer as it came, so that the model is saved with Keras's own schedule."""
        if self._schedule is not None:
            self._optimizer.learning_rate = self._schedule
