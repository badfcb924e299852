"""How a network learns: loss, optimizer, rate, batches, epochs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.experiment import choices
from core.experiment.fields import Record, choice, flag, integer, real


@dataclass(frozen=True, kw_only=True)
class TrainingSpec(Record):
    """How the network learns."""

    loss: str = choice(
        "sparse_categorical_crossentropy",
        "loss",
        "How wrong an answer is, as one number; training makes it smaller.",
        options=choices.LOSSES,
    )
    optimizer: str = choice(
        "adam",
        "optimizer",
        "The rule that turns gradients into steps of the weights.",
        options=choices.OPTIMIZERS,
    )
    learning_rate: float = real(
        0.001,
        "learning rate",
        "How large a step is. Too large and the loss jumps or grows; too small and nothing happens.",
        low=1e-7,
        high=10.0,
        step=0.0005,
    )
    momentum: float = real(
        0.0,
        "momentum",
        "How much of the last step is kept in the next, so that steps in one direction add up; "
        "0.9 is usual.",
        low=0.0,
        high=0.999,
        step=0.05,
    )
    nesterov: bool = flag(
        False,
        "Nesterov",
        "Looks where the momentum leads before it takes the gradient there.",
    )
    weight_decay: float = real(
        0.004,
        "weight decay",
        "Times the learning rate: the share by which every weight shrinks at each step, against "
        "overfitting.",
        low=0.0,
        high=1.0,
        step=0.001,
    )
    schedule: str = choice(
        "constant",
        "rate over time",
        "Whether the learning rate changes while training.",
        options=choices.SCHEDULES,
    )
    decay_rate: float = real(
        0.9,
        "decay an epoch",
        "What the learning rate is multiplied by in each epoch.",
        low=0.01,
        high=1.0,
        step=0.05,
    )
    plateau_factor: float = real(
        0.5,
        "factor at a plateau",
        "What the learning rate is multiplied by when the validation loss has stopped falling.",
        low=0.01,
        high=0.99,
        step=0.1,
    )
    plateau_patience: int = integer(
        2,
        "epochs of patience",
        "How many epochs without a lower validation loss are waited for before the rate is reduced.",
        low=1,
        high=1_000,
    )
    batching: str = choice(
        "mini_batch",
        "gradient descent",
        "How many samples each step of the weights looks at.",
        options=choices.BATCHINGS,
    )
    batch_size: int = integer(
        32,
        "batch size",
        "How many samples are looked at before each step of the weights.",
        low=1,
        high=1_000_000,
        unit="samples",
    )
    epochs: int = integer(
        10,
        "epochs",
        "How many times the network goes through the whole training set.",
        low=1,
        high=10_000,
    )
    early_stopping: bool = flag(
        False,
        "early stopping",
        "Ends training when the validation loss has stopped falling, and keeps the weights "
        "of the best epoch.",
    )
    patience: int = integer(
        3,
        "patience",
        "How many epochs without a lower validation loss are waited for before training ends.",
        low=1,
        high=1_000,
        unit="epochs",
    )
    dtype_policy: str = choice(
        "float32",
        "number format",
        "How many bits the numbers have that layers compute with.",
        options=choices.POLICIES,
    )
    seed: int = integer(
        0,
        "seed",
        "Fixes the starting weights and the order of the samples, so that a run can be repeated.",
        low=0,
        high=2**31 - 1,
    )

    @classmethod
    def called(cls) -> str:
        return "training"

    def in_use(self, name: str) -> bool:
        """Return whether the setting `name` has a meaning beside the other settings."""
        return name not in _DEPENDENT or any(
            name in chosen.settings
            for chosen in (
                choices.optimizer(self.optimizer),
                choices.schedule(self.schedule),
                choices.batching(self.batching),
                choices.EARLY_STOPPING if self.early_stopping else choices.NO_EARLY_STOPPING,
            )
        )

    def samples_a_step(self, samples: int) -> int:
        """Return how many samples a step looks at, where there are `samples` to learn from."""
        match choices.batching(self.batching).samples:
            case choices.Samples.ONE:
                return 1
            case choices.Samples.SOME:
                return self.batch_size
            case choices.Samples.ALL:
                return samples

    def steps_an_epoch(self, samples: int) -> int:
        """Return how many steps go once through `samples` samples."""
        return math.ceil(samples / self.samples_a_step(samples))


_DEPENDENT = {
    name
    for rows in (choices.OPTIMIZERS, choices.SCHEDULES, choices.BATCHINGS, (choices.EARLY_STOPPING,))
    for row in rows
    for name in row.settings
}
