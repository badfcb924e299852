"""Build the compiled Keras model of an experiment, with its normalization inside."""

from __future__ import annotations

import keras

from core.data.split import Statistics
from core.errors import NotBuildable
from core.experiment import choices
from core.experiment.check import check, errors
from core.experiment.choices import Labels, Scaling
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.layer import Layer


def build(experiment: Experiment, info: DatasetInfo, statistics: Statistics) -> keras.Model:
    """Return the experiment's model, compiled, with weights that its seed decides.

    Sets the process's random seeds to the experiment's: the same experiment gives the same
    starting weights and the same order of samples.

    Args:
        experiment: What to build.
        info: What its data set declares.
        statistics: Of the samples that are learned from, for the `standardize` normalization.

    Returns:
        A model that takes raw inputs, shape (batch, *input_shape) in the data's own unit.

    Raises:
        NotBuildable: The experiment has errors; the message names each.
    """
    found = errors(check(experiment, info))
    if found:
        raise NotBuildable("\n".join(problem.message for problem in found))
    keras.utils.set_random_seed(experiment.training.seed)
    model = keras.Sequential(
        [
            keras.Input(info.input_shape, name="Input"),
            *_normalization(experiment.data.normalization, info, statistics),
            *(_keras_layer(layer) for layer in experiment.model.layers),
        ]
    )
    training = experiment.training
    optimizer = getattr(keras.optimizers, choices.optimizer(training.optimizer).keras_class)
    loss = choices.loss(training.loss)
    model.compile(
        optimizer=optimizer(learning_rate=training.learning_rate),
        loss=getattr(keras.losses, loss.keras_class)(),
        metrics=[_metric(loss.labels, info.task.metric)],
    )
    return model


def _keras_layer(layer: Layer) -> keras.layers.Layer:
    return getattr(keras.layers, layer.kind())(**layer.keras_arguments())


# names with a capital: a layer of the catalog can never have one
def _normalization(name: str, info: DatasetInfo, statistics: Statistics) -> list[keras.layers.Layer]:
    match choices.normalization(name).scaling:
        case Scaling.RANGE:
            low, high = info.value_range
            scale = 1 / (high - low)
            return [keras.layers.Rescaling(scale, offset=-low * scale, name="Rescaling")]
        case Scaling.STATISTICS:
            axis = None if info.is_image else -1
            variance = [std**2 for std in statistics.std]
            mean = list(statistics.mean)
            return [
                keras.layers.Normalization(
                    axis=axis,
                    mean=mean[0] if axis is None else mean,
                    variance=variance[0] if axis is None else variance,
                    name="Normalization",
                )
            ]
        case Scaling.NOTHING:
            return []


def _metric(labels: Labels, name: str) -> keras.metrics.Metric:
    match labels:
        case Labels.INTEGER:
            return keras.metrics.SparseCategoricalAccuracy(name=name)
        case Labels.ONE_HOT:
            return keras.metrics.CategoricalAccuracy(name=name)
        case Labels.NUMBER:
            return keras.metrics.MeanAbsoluteError(name=name)
