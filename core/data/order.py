"""The order in which an epoch goes through the samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def order(samples: int, seed: int, epoch: int) -> NDArray[np.int32]:
    """Return the places of all samples in the order of one epoch.

    It depends on nothing but the arguments, so that a training goes on in the same order after a pause,
    a crash or on another day.

    Args:
        samples: How many there are.
        seed: The plan's.
        epoch: Which one, counted from 0.

    Returns:
        Each number from 0 to `samples` − 1 once, shape (samples,).
    """
    return np.random.default_rng((seed, epoch)).permutation(samples).astype(np.int32)
