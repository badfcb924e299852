"""What a data set declares of itself: all that a network needs to know to fit it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Shape = tuple[int, ...]


class Task(StrEnum):
    """What is to be predicted."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"

    @property
    def metric(self) -> str:
        """Name, in Keras's logs, of the figure shown beside the loss."""
        return "accuracy" if self is Task.CLASSIFICATION else "mean_absolute_error"


@dataclass(frozen=True)
class DatasetInfo:
    """A data set as the designer sees it, before a single sample is read.

    Attributes:
        name: The key by which experiments name it.
        label: What the screen calls it.
        summary: One sentence: what it holds and where it comes from.
        input_shape: Shape of one sample, without the batch; images are height × width × channels.
        task: Classification or regression.
        classes: The classes' names in label order; empty for regression.
        targets: Numbers predicted per sample; 1 unless a regression has several.
        value_range: Lowest and highest value that an input can take, in the data's own unit.
        training_size: Samples for training and validation together.
        test_size: Samples kept for the final evaluation.
        drawable: Whether a drawing by hand is a sensible input.
        noun: What one sample is, for sentences ("digit").
        repeated: Samples at the end of the training set that are copies of a few. Validation samples are
            drawn from those before them: else a network would be judged by what it knows by heart.
    """

    name: str
    label: str
    summary: str
    input_shape: Shape
    task: Task
    training_size: int
    test_size: int
    classes: tuple[str, ...] = ()
    targets: int = 1
    value_range: tuple[float, float] = (0.0, 255.0)
    drawable: bool = False
    noun: str = "sample"
    repeated: int = 0

    @property
    def outputs(self) -> int:
        """How many numbers a network must give for one sample."""
        return len(self.classes) if self.task is Task.CLASSIFICATION else self.targets

    @property
    def validatable(self) -> int:
        """How many samples of the training set may be kept for validation."""
        return self.training_size - self.repeated

    @property
    def is_image(self) -> bool:
        """Whether a sample is height × width × channels."""
        return len(self.input_shape) == 3


def show_shape(shape: Shape) -> str:
    """Return a shape as people write it: `28 × 28 × 1`."""
    return " × ".join(f"{size:,}" for size in shape) if shape else "1"
