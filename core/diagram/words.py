"""What the drawing says: the words at a layer, how wide they are, and the lines of its tip."""

from __future__ import annotations

import unicodedata

from core.experiment.block import Merge
from core.experiment.dataset import show_shape
from core.experiment.keras_call import Call
from core.experiment.layer import Layer
from core.experiment.shapes import Step

LETTER = 13.0
"""Size of the letters below the outermost layers, in pixels."""
SMALL = 12.0
"""Size of all other letters; network.js shows none below 11 pixels."""
LONGEST_PIECE = 14
LONGEST_LINE = 26
"""Letters of a caption that fit beside a layer's kind, and of both."""
_NARROW = frozenset(" !'(),-.:;I[]fijlrt|·…")
_WIDE = frozenset("%@MWmw—")


def width(text: str, letter: float = LETTER, bold: bool = False) -> float:
    """Return about how wide `text` is; rather too much, since the font may be another one.

    Args:
        text: One line.
        letter: Size of its letters, in pixels.
        bold: Whether it is set in bold letters.
    """
    return letter * sum(map(_share, text)) * (1.06 if bold else 1.0)


def _share(character: str) -> float:
    if character in _NARROW:
        return 0.3
    if character in _WIDE or unicodedata.east_asian_width(character) in "WF":
        return 0.9
    return 0.6 if character.isupper() else 0.51


def below(step: Step) -> tuple[str, str]:
    """Return the two lines below a layer: its shape in bold, and its kind."""
    layer = step.layer
    if step.illegal is not None:
        return layer.kind(), "does not fit"
    if step.output_shape is None:
        return "", layer.kind()
    last = layer.caption().rsplit(", ", 1)[-1]
    # a block's caption repeats what is drawn
    line = layer.kind() if step.branches else _with_piece(layer, last, " · ")
    return show_shape(step.output_shape), line


def across(layer: Layer) -> str:
    """Return what stands at a line across the connections: the kind, and the first of its caption."""
    return _with_piece(layer, layer.caption().split(",")[0], " ")


def _with_piece(layer: Layer, piece: str, between: str) -> str:
    """Return a layer's kind, and a piece of its caption where both are short."""
    line = f"{layer.kind()}{between}{piece}"
    return line if len(piece) <= LONGEST_PIECE and len(line) <= LONGEST_LINE else layer.kind()


def tip(step: Step) -> tuple[str, ...]:
    """Return the lines that explain a layer: its name, what it does, its shape, its numbers, its work."""
    layer = step.layer
    title = f"{layer.name} ({layer.kind()})" if layer.name else layer.kind()
    caption = layer.caption()
    does = caption[:1].upper() + caption[1:]
    if step.illegal is not None:
        return title, f"Does not fit: it {step.illegal.message}"
    if step.output_shape is None or step.input_shape is None:
        why = "a layer in it does not fit" if step.input_shape else "a layer before it does not fit"
        return title, does, f"Shape unknown: {why}"
    before, after = show_shape(step.input_shape), show_shape(step.output_shape)
    shapes = f"Shape {after}, unchanged" if before == after else f"Shape {before} → {after}"
    work = f"{step.multiply_adds:,} multiply-adds a sample" if step.multiply_adds else ""
    return tuple(line for line in (title, does, shapes, _numbers(step), work) if line)


def _numbers(step: Step) -> str:
    trainable = step.parameters or 0
    if not trainable and not step.non_trainable:
        return "No parameters"
    if not step.non_trainable:
        return f"{trainable:,} parameters, all trainable"
    total = trainable + step.non_trainable
    return f"{total:,} parameters: {trainable:,} trainable, {step.non_trainable:,} not"


def through(merge: Merge) -> str:
    """Return a word for what a shortcut goes through: `1 × 1` for such a convolution; empty for nothing."""
    return ", ".join(map(_call, merge.shortcut or ()))


def _call(call: Call) -> str:
    size = call.arguments.get("kernel_size")
    return f"{size} × {size}" if isinstance(size, int) else call.path.rsplit(".", 1)[-1]
