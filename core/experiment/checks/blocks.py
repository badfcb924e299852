"""Problems of blocks: branches that add nothing, sums that repeat a value to fit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from core.experiment import edits
from core.experiment.block import Block
from core.experiment.dataset import Shape, show_shape
from core.experiment.problem import Fix, Problem, Severity, removal
from core.experiment.shapes import Step, every


def find(steps: tuple[Step, ...]) -> Iterator[Problem]:
    """Return what is unwise about the blocks, at any depth."""
    for step in every(steps):
        if isinstance(step.layer, Block):
            yield from _dead_ends(step.layer)
            yield from _repeated(step)


def _dead_ends(block: Block) -> Iterator[Problem]:
    empty = [index for index, branch in enumerate(block.branches) if not branch]
    name = block.name
    if len(block.branches) == 1 and empty:
        message = (
            f"{name} ({block.kind()}) holds no layer: it adds its input to itself, and nothing is "
            "learned in it. Put layers into it, or take it out."
        )
        yield Problem("dead-end", Severity.WARNING, name, message, (removal(name),))
    elif len(empty) > 1:
        message = (
            f"{name} ({block.kind()}) has {len(empty)} empty branches, which pass on the same numbers: "
            "all but one of them are dead ends."
        )
        without = Fix(
            f"Remove branch {empty[-1] + 1}", partial(edits.remove_branch, name=name, branch=empty[-1])
        )
        fixes = (
            (without, removal(name)) if len(block.branches) > block.fewest_branches else (removal(name),)
        )
        yield Problem("dead-end", Severity.WARNING, name, message, fixes)


def _repeated(step: Step) -> Iterator[Problem]:
    """Find sums in which Keras repeats one value to fit the other."""
    if step.merge is None or not step.merge.adds or step.input_shape is None:
        return
    joined: list[Shape] = [
        branch[-1].output_shape or () if branch else step.input_shape for branch in step.branches
    ]
    if step.merge.shortcut is not None and not step.merge.shortcut:
        joined.append(step.input_shape)
    if all(shape == step.merge.output_shape for shape in joined):
        return
    name = step.layer.name
    shapes = " and ".join(show_shape(shape) for shape in dict.fromkeys(joined))
    message = (
        f"{name} ({step.layer.kind()}) adds {shapes}: Keras repeats the smaller to fit the larger, "
        "which is rarely meant. Give both the same shape."
    )
    yield Problem("repeated-to-fit", Severity.WARNING, name, message, (removal(name),))
