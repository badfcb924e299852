"""An experiment as calls of Keras: what the builder does, what code on the screen says.

Loads no TensorFlow; the web process may use it.
"""

from __future__ import annotations

from core.data.split import Statistics
from core.experiment import choices
from core.experiment.choices import Labels, Scaling
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.keras_call import Call
from core.experiment.numbers import training_samples
from core.experiment.shapes import Step
from core.experiment.training_spec import TrainingSpec


def normalization(name: str, info: DatasetInfo, statistics: Statistics) -> tuple[Call, ...]:
    """Return the layers in front of the stack.

    Their names have a capital: a layer of the catalog can never have one.
    """
    match choices.normalization(name).scaling:
        case Scaling.RANGE:
            low, high = info.value_range
            scale = 1 / (high - low)
            shift = {"offset": -low * scale} if low else {}
            return (Call("layers.Rescaling", {"scale": scale, **shift, "name": "Rescaling"}),)
        case Scaling.STATISTICS:
            one = info.is_image
            variance = tuple(std**2 for std in statistics.std)
            arguments: dict[str, object] = {
                "axis": None if one else -1,
                "mean": statistics.mean[0] if one else statistics.mean,
                "variance": variance[0] if one else variance,
                "name": "Normalization",
            }
            return (Call("layers.Normalization", arguments),)
        case Scaling.NOTHING:
            return ()


def stack(steps: tuple[Step, ...], plan: TrainingSpec) -> tuple[tuple[Step, ...], tuple[Call, ...]]:
    """Return the stack in two: steps that are built as they are, and the layers at its end.

    Answers have 32 bits, whatever the layers before compute with: 16 would say 0 too soon.

    Args:
        steps: Of the whole stack.
        plan: Says the dtype policy.
    """
    halves = choices.policy(plan.dtype_policy).halves
    if not steps or (steps[-1].branches and not halves):
        return steps, ()
    if steps[-1].branches:
        arguments = {"activation": "linear", "dtype": "float32", "name": "Float32"}
        return steps, (Call("layers.Activation", arguments),)
    call = steps[-1].layer.keras_call()
    if halves:
        call = Call(call.path, {**call.arguments, "dtype": "float32"})
    return steps[:-1], (call,)


def optimizer(experiment: Experiment, info: DatasetInfo) -> Call:
    """Return the optimizer, with its settings and the learning rate over time."""
    plan = experiment.training
    row = choices.optimizer(plan.optimizer)
    # Keras's own momentum is 0 and its Nesterov off; its weight decay is not 0
    idle = {"momentum": 0.0, "nesterov": False}
    settings = {name: value for name in row.settings if (value := getattr(plan, name)) != idle.get(name)}
    rate = schedule(experiment, info) or plan.learning_rate
    return Call(f"optimizers.{row.keras_class}", {"learning_rate": rate, **settings})


def schedule(experiment: Experiment, info: DatasetInfo) -> Call | None:
    """Return the learning rate over time; None where it is one number."""
    plan = experiment.training
    steps = plan.steps_an_epoch(training_samples(experiment, info))
    start = {"initial_learning_rate": plan.learning_rate}
    match plan.schedule:
        case "cosine":
            return Call("optimizers.schedules.CosineDecay", {**start, "decay_steps": steps * plan.epochs})
        case "exponential":
            decay = {"decay_steps": steps, "decay_rate": plan.decay_rate}
            return Call("optimizers.schedules.ExponentialDecay", {**start, **decay})
        case _:
            return None


def loss(plan: TrainingSpec) -> Call:
    """Return the loss."""
    return Call(f"losses.{choices.loss(plan.loss).keras_class}")


def metric(plan: TrainingSpec, info: DatasetInfo) -> Call:
    """Return the metric shown beside the loss."""
    name = {"name": info.task.metric}
    match choices.loss(plan.loss).labels_for(info.task):
        case Labels.INTEGER:
            return Call("metrics.SparseCategoricalAccuracy", name)
        case Labels.NUMBER:
            return Call("metrics.MeanAbsoluteError", name)
        case _:  # the right class has the largest number, in one-hot as in −1 or +1
            return Call("metrics.CategoricalAccuracy", name)


def callbacks(plan: TrainingSpec) -> tuple[Call, ...]:
    """Return the callbacks that the plan asks for."""
    watched = {"monitor": "val_loss"}
    made = []
    if plan.schedule == "plateau":
        made.append(
            Call(
                "callbacks.ReduceLROnPlateau",
                {**watched, "factor": plan.plateau_factor, "patience": plan.plateau_patience},
            )
        )
    if plan.early_stopping:
        made.append(
            Call(
                "callbacks.EarlyStopping",
                {**watched, "patience": plan.patience, "restore_best_weights": True},
            )
        )
    return tuple(made)
