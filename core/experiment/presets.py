"""Presets: whole designs to start from, each fitted to the data in use."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.experiment import choices, edits
from core.experiment.block import Block
from core.experiment.choices import Labels
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.experiment import Experiment
from core.experiment.model_spec import Place
from core.experiment.preset_stacks import (
    ARTICLE,
    ARTICLE_DROPOUT,
    BROKEN,
    INCEPTION,
    LENET,
    MODERN,
    NOTEBOOK,
    RESNET,
    SMALL_CNN,
    Stack,
)
from core.experiment.shapes import every, walk
from core.experiment.training_spec import TrainingSpec


@dataclass(frozen=True, eq=False)
class Preset:
    """A design to start from.

    Attributes:
        name: A stable word for addresses and tests.
        label: What the list says.
        lesson: One sentence: what to learn from it.
        stack: The hidden layers, as (kind, parameters) pairs; the output is added to fit the data.
        normalization: What happens to the inputs.
        labels: How the loss wants the answers.
        training: Training settings that are not the defaults.
        output: Activation of the output layer, where it is not the one that fits the task.
        behind: Layers behind the output: only where something is to be mended.
        images_only: Whether the stack needs height × width × channels.
        classes_only: Whether it is about telling classes apart.
        to_mend: Whether it has problems on purpose.
    """

    name: str
    label: str
    lesson: str
    stack: Stack
    normalization: str = "rescale"
    labels: Labels = Labels.INTEGER
    training: Mapping[str, object] = field(default_factory=dict)
    output: str = ""
    behind: Stack = ()
    images_only: bool = False
    classes_only: bool = False
    to_mend: bool = False

    def experiment(self, info: DatasetInfo) -> Experiment:
        """Return the design for this data: its output layer and loss fit the task and classes."""
        return _experiment(self.name, info)


@functools.lru_cache(256)
def _experiment(name: str, info: DatasetInfo) -> Experiment:
    chosen = preset(name)
    plan = {"loss": choices.usual_loss(info.task, chosen.labels).value, **chosen.training}
    design = Experiment(
        data=DataSpec(dataset=info.name, normalization=chosen.normalization),
        training=TrainingSpec.from_dict(plan),
    )
    design = _with(design, chosen.stack)
    fitting = "softmax" if info.task is Task.CLASSIFICATION else "linear"
    design = edits.append_output(
        design, units=info.outputs, activation=chosen.output or fitting, flatten=False
    )
    return _with(design, chosen.behind)


def _with(design: Experiment, stack: Stack, block: str = "", branch: int = 0) -> Experiment:
    """Put a stack at the end of a branch, blocks with all that they hold."""
    for kind, parameters in stack:
        own = {name: value for name, value in parameters.items() if name != "branches"}
        place = Place(block, branch, len(design.model.stack_at(Place(block, branch))))
        design = edits.insert(design, place, kind, **own)
        name = design.model.stack_at(place)[-1].name
        for number, held in enumerate(parameters.get("branches", ())):
            made = design.model.find(name)
            if isinstance(made, Block) and number == len(made.branches):
                design = edits.add_branch(design, name)
            design = _with(design, held, name, number)
    return design


PRESETS: tuple[Preset, ...] = (
    Preset(
        "notebook_rescaled",
        "The notebook, pixels ÷ 255",
        "Two wide layers reach about 98 % on MNIST; watch training and validation part: overfitting.",
        NOTEBOOK,
    ),
    Preset(
        "notebook_raw",
        "The notebook, raw pixels",
        "The same network on pixels from 0 to 255: it starts from a far larger loss.",
        NOTEBOOK,
        normalization="none",
    ),
    Preset(
        "notebook_standardized",
        "The notebook, standardized",
        "The same network on inputs with mean 0 and standard deviation 1.",
        NOTEBOOK,
        normalization="standardize",
    ),
    Preset(
        "article",
        "The article, 64-32",
        "A small network with one-hot labels: 52,650 weights for 28 × 28 pixels and ten classes.",
        ARTICLE,
        labels=Labels.ONE_HOT,
    ),
    Preset(
        "article_dropout",
        "The article, with dropout",
        "Dropout makes training harder and the gap to validation smaller.",
        ARTICLE_DROPOUT,
        labels=Labels.ONE_HOT,
    ),
    Preset(
        "softmax_regression",
        "Softmax regression",
        "One layer of weights, a picture a class: how far does a network get that can only weigh pixels?",
        (("Flatten", {}),),
        classes_only=True,
    ),
    Preset(
        "zero_hidden",
        "Zero hidden layers, squared error",
        "The same single layer without softmax, on squared error: least squares, and what "
        "cross-entropy adds.",
        (("Flatten", {}),),
        training={"loss": "mean_squared_error"},
        output="linear",
    ),
    Preset(
        "lenet",
        "LeNet-5",
        "The network that read cheques in 1998: filters, tanh, averages; under 62,000 weights.",
        LENET,
        images_only=True,
    ),
    Preset(
        "small_cnn",
        "A small convolutional network",
        "Filters that slide over the image: fewer weights, and better on images.",
        SMALL_CNN,
        images_only=True,
    ),
    Preset(
        "modern_cnn",
        "A modern convolutional network",
        "Shifted and turned digits, batch normalization, and AdamW on a cosine: each a point of accuracy.",
        MODERN,
        training={"optimizer": "adamw", "learning_rate": 0.002, "schedule": "cosine"},
        images_only=True,
    ),
    Preset(
        "inception",
        "Filters side by side",
        "Windows of 1, 3 and 5 pixels look at the same image, and the next layer chooses.",
        INCEPTION,
        images_only=True,
    ),
    Preset(
        "small_resnet",
        "A small ResNet",
        "Blocks that add their input to their output: take the shortcuts out and compare the first epochs.",
        RESNET,
        images_only=True,
    ),
    Preset(
        "broken",
        "A broken one, to repair",
        "Raw pixels, giant steps, sums of sums, softmax inside, dropout behind the output: mend it "
        "click by click.",
        BROKEN,
        normalization="none",
        training={"learning_rate": 0.5},
        output="sigmoid",
        behind=(("Dropout", {"rate": 0.5}),),
        images_only=True,
        classes_only=True,
        to_mend=True,
    ),
)


def preset(name: str) -> Preset:
    """Return the preset called `name`."""
    return next(each for each in PRESETS if each.name == name)


def presets_for(info: DatasetInfo) -> tuple[Preset, ...]:
    """Return the presets that make sense for this data."""
    return tuple(each for each in PRESETS if _suits(each, info))


@functools.lru_cache(256)
def _suits(chosen: Preset, info: DatasetInfo) -> bool:
    if (chosen.images_only and not info.is_image) or (
        chosen.classes_only and info.task is not Task.CLASSIFICATION
    ):
        return False
    steps = walk(chosen.experiment(info).model.layers, info.input_shape)
    return chosen.to_mend or all(step.illegal is None for step in every(steps))


def matching(experiment: Experiment, info: DatasetInfo) -> Preset | None:
    """Return the preset that the experiment still is, or None once it was changed."""
    return next((each for each in presets_for(info) if each.experiment(info) == experiment), None)


def fitted(experiment: Experiment, old: DatasetInfo, new: DatasetInfo) -> Experiment:
    """Return the design on other data.

    The output's width follows where it was right for the old data; the loss follows the task.
    """
    moved = experiment.with_data(dataset=new.name)
    wide = next((layer for layer in reversed(moved.model.layers) if layer.width_field), None)
    if wide and getattr(wide, wide.width_field) == old.outputs:
        moved = edits.change(moved, wide.name, **{wide.width_field: new.outputs})
    if choices.loss(moved.training.loss).labels_for(new.task) is None:
        moved = moved.with_training(loss=choices.usual_loss(new.task, Labels.INTEGER).value)
    return moved
