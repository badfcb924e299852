"""How TensorFlow shares out the cores that a training may use."""

from __future__ import annotations

import tensorflow as tf

from core.training.path import Way


def use(cores: int, way: Way) -> tuple[int, int]:
    """Have TensorFlow compute on `cores` cores; only before it has computed anything in this process.

    A program that XLA made divides each product of matrices among them. In a graph two operations are done
    side by side, each on half of the cores, as going back through a layer has two to do: faster than
    dividing each among all, with a third less work in all. How an operation is divided decides the last
    bits of its sums, so a run is the same each time where `cores` is.

    Args:
        cores: At least 1.
        way: Of the training.

    Returns:
        Threads that divide an operation among them, and operations that are done side by side: who computes
        with as many gets the same last bits.
    """
    within = max(1, cores // (1 if way is Way.XLA else 2))
    beside = min(cores, 2)
    tf.config.threading.set_intra_op_parallelism_threads(within)
    tf.config.threading.set_inter_op_parallelism_threads(beside)
    if tf.config.list_physical_devices("GPU"):
        tf.config.experimental.enable_op_determinism()
    return within, beside
