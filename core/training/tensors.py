"""The device, and arrays on it: without a second copy where they lie in the memory that it computes in."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from numpy.typing import NDArray
from tensorflow.python.client import device_lib  # the one place that tells a card's memory

from core.data import aligned
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.limits import Limits
from core.training.path import Device, Path, choose


def path_here(experiment: Experiment, info: DatasetInfo, inputs: NDArray[Any]) -> Path:
    """Return the way that a training goes on this machine.

    Args:
        experiment: The design.
        info: What its data set declares.
        inputs: Of the samples that are learned from.
    """
    return choose(experiment, info, inputs.nbytes, _device())


def _device() -> Device:
    if not tf.config.list_physical_devices("GPU"):
        return Device(is_gpu=False, memory=Limits.of_machine().memory or 0)
    cards = (each for each in device_lib.list_local_devices() if each.device_type == "GPU")
    return Device(is_gpu=True, memory=next(int(card.memory_limit) for card in cards))


def on_device(array: NDArray[Any]) -> tf.Tensor:
    """Return `array` as a tensor: the same memory on a processor, a copy on a graphics card.

    Args:
        array: Of any shape and type of numbers; not to be written to any more.
    """
    if tf.config.list_physical_devices("GPU"):
        return tf.constant(array)
    if not aligned.is_shareable(array):
        copy = aligned.empty(array.shape, array.dtype)
        copy[...] = array
        array = copy
    return tf.experimental.dlpack.from_dlpack(array.__dlpack__())
