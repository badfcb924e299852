"""What can be chosen by name: activations, losses, optimizers, schedules, normalizations, initializers.

Each is one row of a table: Keras's own word, a label, when to use it, the formula; what a choice
means to others is an attribute of its row.
"""

from core.experiment.choices.activations import ACTIVATIONS, Activation, Output, activation
from core.experiment.choices.initializers import INITIALIZERS
from core.experiment.choices.losses import LOSSES, Labels, Loss, loss, usual_loss
from core.experiment.choices.normalizations import (
    NORMALIZATIONS,
    Normalization,
    Scaling,
    normalization,
)
from core.experiment.choices.steps import (
    BATCHINGS,
    EARLY_STOPPING,
    NO_EARLY_STOPPING,
    OPTIMIZERS,
    POLICIES,
    SCHEDULES,
    Batching,
    Optimizer,
    Policy,
    Samples,
    Schedule,
    batching,
    optimizer,
    policy,
    schedule,
)

__all__ = [
    "ACTIVATIONS",
    "BATCHINGS",
    "EARLY_STOPPING",
    "INITIALIZERS",
    "LOSSES",
    "NORMALIZATIONS",
    "NO_EARLY_STOPPING",
    "OPTIMIZERS",
    "POLICIES",
    "SCHEDULES",
    "Activation",
    "Batching",
    "Labels",
    "Loss",
    "Normalization",
    "Optimizer",
    "Output",
    "Policy",
    "Samples",
    "Scaling",
    "Schedule",
    "activation",
    "batching",
    "loss",
    "normalization",
    "optimizer",
    "policy",
    "schedule",
    "usual_loss",
]
