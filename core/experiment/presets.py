"""Presets: whole designs to start from, each fitted to the data in use."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment import choices, edits
from core.experiment.choices import Labels
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.experiment import DataSpec, Experiment, TrainingSpec


@dataclass(frozen=True)
class Preset:
    """A design to start from.

    Attributes:
        name: A stable word for addresses and tests.
        label: What the list says.
        lesson: One sentence: what to learn from it.
        stack: The hidden layers, as (kind, parameters) pairs; the output is added to fit the data.
        normalization: What happens to the inputs.
        labels: How the loss wants the answers.
        images_only: Whether the stack needs height × width × channels.
    """

    name: str
    label: str
    lesson: str
    stack: tuple[tuple[str, dict[str, object]], ...]
    normalization: str = "rescale"
    labels: Labels = Labels.INTEGER
    images_only: bool = False

    def experiment(self, info: DatasetInfo) -> Experiment:
        """Return the design for this data: its output layer and loss fit the task and classes."""
        classify = info.task is Task.CLASSIFICATION
        design = Experiment(
            data=DataSpec(dataset=info.name, normalization=self.normalization),
            training=TrainingSpec(loss=_loss(info.task, self.labels)),
        )
        for kind, parameters in self.stack:
            design = edits.insert(design, len(design.model.layers), kind, **parameters)
        return edits.append_output(
            design,
            units=info.outputs,
            activation="softmax" if classify else "linear",
            flatten=False,
        )


def _loss(task: Task, labels: Labels) -> str:
    fitting = [loss for loss in choices.LOSSES if loss.task is task]
    return next((loss for loss in fitting if loss.labels is labels), fitting[0]).value


_NOTEBOOK: tuple[tuple[str, dict[str, object]], ...] = (
    ("Flatten", {}),
    ("Dense", {"units": 512, "activation": "relu"}),
    ("Dense", {"units": 512, "activation": "relu"}),
)

PRESETS: tuple[Preset, ...] = (
    Preset(
        "notebook_rescaled",
        "The notebook, pixels ÷ 255",
        "Two wide layers reach about 98 % on MNIST; watch training and validation part: overfitting.",
        _NOTEBOOK,
    ),
    Preset(
        "notebook_raw",
        "The notebook, raw pixels",
        "The same network on pixels from 0 to 255: it starts from a far larger loss.",
        _NOTEBOOK,
        normalization="none",
    ),
    Preset(
        "notebook_standardized",
        "The notebook, standardized",
        "The same network on inputs with mean 0 and standard deviation 1.",
        _NOTEBOOK,
        normalization="standardize",
    ),
    Preset(
        "article",
        "The article, 64-32",
        "A small network with one-hot labels: 52,650 weights for 28 × 28 pixels and ten classes.",
        (
            ("Flatten", {}),
            ("Dense", {"units": 64, "activation": "relu"}),
            ("Dense", {"units": 32, "activation": "relu"}),
        ),
        labels=Labels.ONE_HOT,
    ),
    Preset(
        "article_dropout",
        "The article, with dropout",
        "Dropout makes training harder and the gap to validation smaller.",
        (
            ("Flatten", {}),
            ("Dense", {"units": 64, "activation": "relu"}),
            ("Dropout", {"rate": 0.2}),
            ("Dense", {"units": 32, "activation": "relu"}),
        ),
        labels=Labels.ONE_HOT,
    ),
    Preset(
        "small_cnn",
        "A small convolutional network",
        "Filters that slide over the image: fewer weights, and better on images.",
        (
            ("Conv2D", {"filters": 16, "kernel_size": 3}),
            ("MaxPooling2D", {"pool_size": 2, "padding": "same"}),
            ("Conv2D", {"filters": 32, "kernel_size": 3}),
            ("MaxPooling2D", {"pool_size": 2, "padding": "same"}),
            ("Flatten", {}),
            ("Dropout", {"rate": 0.3}),
        ),
        images_only=True,
    ),
)


def preset(name: str) -> Preset:
    """Return the preset called `name`."""
    return next(each for each in PRESETS if each.name == name)


def presets_for(info: DatasetInfo) -> tuple[Preset, ...]:
    """Return the presets that make sense for this data."""
    return tuple(each for each in PRESETS if info.is_image or not each.images_only)


def matching(experiment: Experiment, info: DatasetInfo) -> Preset | None:
    """Return the preset that the experiment still is, or None once it was changed."""
    return next((each for each in presets_for(info) if each.experiment(info) == experiment), None)


def fitted(experiment: Experiment, old: DatasetInfo, new: DatasetInfo) -> Experiment:
    """Return the design on other data.

    The last layer's width follows where it was right for the old data; the loss follows the task.
    """
    moved = experiment.with_data(dataset=new.name)
    layers = moved.model.layers
    if layers and (field := layers[-1].width_field) and getattr(layers[-1], field) == old.outputs:
        moved = edits.change(moved, layers[-1].name, **{field: new.outputs})
    if old.task is not new.task:
        moved = moved.with_training(loss=_loss(new.task, Labels.INTEGER))
    return moved
