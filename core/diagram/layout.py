"""Where everything stands in the drawing. Pure geometry: steps in, places out.

A stack is a lane: its layers stand on one line from left to right. A block is a frame on the line of
its lane; its branches are lanes again, one below the other. So all is made from the inside: a lane is
laid out around (0, 0), and then moved to where its block wants it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile

from core.diagram import glyphs, words
from core.diagram.glyphs import Size
from core.diagram.lane import (
    BASE,
    BROKEN,
    GAP,
    LINE,
    LOWEST,
    Lane,
    add_layer,
    add_marks,
    half_height,
    half_height_of,
    is_mark,
)
from core.diagram.places import Bend, Box, Label, Look, Point, Spot, Wire
from core.experiment.dataset import Shape
from core.experiment.shapes import Step, every

MARGIN = 9.0
WING, WIDE_WING = 24.0, 46.0
"""Pixels inside a frame beside one branch, and beside several: room for their ways to part."""
APART = 12.0
"""Pixels between two branches."""
ARCH = 28.0
"""Pixels over a block's branches for the way around them."""
JOIN = 9.0
"""Radius of the sign where branches are joined."""
WIDEST = 190.0
"""What a layer gets where there is room."""
EDGE = 12.0
LONGEST_CLASS = 40


@dataclass(frozen=True)
class Layout:
    """The drawing before it is drawn.

    Attributes:
        width: Of the whole, in pixels.
        height: Of the whole.
        spots: The input and all layers in the order of reading, a block before what it holds.
        wires: All connections.
        classes: The names of the classes, each at its neuron.
    """

    width: float
    height: float
    spots: tuple[Spot, ...]
    wires: tuple[Wire, ...]
    classes: tuple[Label, ...]


def lay_out(
    steps: tuple[Step, ...],
    shape: Shape,
    text: tuple[str, str],
    classes: tuple[str, ...],
    room: float,
) -> Layout:
    """Return where everything stands.

    Args:
        steps: The stack, as `walk` made it.
        shape: Of one input.
        text: The two lines below the input.
        classes: Names of the classes, in the order of the last layer's neurons.
        room: Pixels to use where there are few layers; many take what they need.
    """
    size = glyphs.outermost(sum(not is_mark(step) for step in every(steps)), tight=room <= 0)
    tight = _root(steps, shape, text, Lane(size, 0.0))
    free = room - 2 * EDGE - (tight.x - sum(tight.slots)) - _class_room(classes)
    lane = _root(steps, shape, text, Lane(size, 0.0, _floor(tight.slots, free)))
    named = _classes(lane, steps, classes)
    right = max([lane.x, *(label.box.right + 4 for label in named)])
    dy = lane.up + EDGE
    return Layout(
        right + 2 * EDGE,
        lane.up + lane.down + 2 * EDGE,
        tuple(spot.moved(EDGE, dy) for spot in lane.spots),
        tuple(wire.moved(EDGE, dy) for wire in lane.wires),
        tuple(label.moved(EDGE, dy) for label in named),
    )


def _root(steps: tuple[Step, ...], shape: Shape, text: tuple[str, str], lane: Lane) -> Lane:
    """Put the input and the outermost stack into an empty lane, and return it."""
    size, last = lane.size, glyphs.final(lane.size)
    beginning = list(takewhile(lambda step: not step.branches, steps))
    half = half_height(beginning, size, last if len(beginning) == len(steps) else None)
    lane.height_of_run(max(half, half_height_of(shape, size)))
    add_layer(lane, None, shape, size, text)
    _lay(lane, steps, last)
    if steps and is_mark(steps[-1]) and lane.port is not None:
        # connections go on through the last marks, to nothing
        ends = tuple((lane.x + GAP, y) for _, y in lane.port)
        lane.wires.append(Wire(lane.port, ends, Bend.EACH))
        lane.port, lane.x = ends, lane.x + GAP
    lane.pass_flags()
    return lane


def _floor(slots: Sequence[float], free: float) -> float:
    """Return the width that each layer can get at least where all together have `free` pixels."""
    low, high = 0.0, WIDEST
    for _ in range(12):
        middle = (low + high) / 2
        fits = sum(max(slot, middle) for slot in slots) <= free
        low, high = (middle, high) if fits else (low, middle)
    return low


def _class_room(classes: tuple[str, ...]) -> float:
    longest = max((words.width(_cut(name)) for name in classes), default=0.0)
    return min(longest, 60.0)


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_CLASS else name[: LONGEST_CLASS - 1] + "…"


def _classes(lane: Lane, steps: Sequence[Step], classes: tuple[str, ...]) -> tuple[Label, ...]:
    """Return the classes' names, where each of the last layer's neurons stands for one and is drawn."""
    last = next((step for step in reversed(steps) if not is_mark(step)), None)
    if last is None or last.branches or last.output_shape != (len(classes),) or not classes:
        return ()
    port = lane.port or ()
    beside = 15.0 if last is steps[-1] else 6.0
    if len(port) != len(classes):
        return ()
    return tuple(
        Label(_cut(name), x + beside, y + 4.5, starts=True)
        for (x, y), name in zip(port, classes, strict=True)
    )


def _lay(lane: Lane, steps: Sequence[Step], last: Size | None = None) -> None:
    """Put a stack's layers into a lane, one after the other."""
    for blocks, run in groupby(steps, key=lambda step: bool(step.branches)):
        group = list(run)
        if blocks:
            for block in group:
                _add_block(lane, block)
        else:
            _lay_run(lane, group, last if group[-1] is steps[-1] else None)


def _lay_run(lane: Lane, steps: Sequence[Step], last: Size | None) -> None:
    """Put layers with no block among them into a lane; their words stand on one line."""
    lane.height_of_run(half_height(steps, lane.size, last))
    final = next((step for step in reversed(steps) if not is_mark(step)), None)
    for marks, run in groupby(steps, key=is_mark):
        if marks:
            add_marks(lane, list(run))
            continue
        for step in run:
            size = last if last is not None and step is final else lane.size
            add_layer(lane, step, step.output_shape, size, words.below(step))


def _add_block(lane: Lane, step: Step) -> None:
    """Put a block, and all that it holds, into a lane."""
    lane.pass_flags()
    frame, held, wires = _block(step, lane.size)
    text = words.below(step)
    slot = max(frame.right + 1.6 * GAP, lane.text_width(*text))
    left = lane.x + (slot - frame.right) / 2
    lane.connect(((left, 0.0),))
    placed, middle = frame.moved(left, 0.0), left + frame.right / 2
    labels = lane.lines(*text, middle, frame.bottom + BASE - 2)
    shape = step.output_shape or ()
    lane.spots.append(Spot(step, Look.BLOCK, shape, lane.size, middle, 0.0, placed, labels))
    lane.spots.extend(spot.moved(left, 0.0) for spot in held)
    lane.wires.extend(wire.moved(left, 0.0) for wire in wires)
    lane.port = ((placed.right + JOIN, 0.0),) if step.output_shape is not None else None
    lane.x += slot
    lane.rows = [lane.x for _ in lane.rows]
    lane.up = max(lane.up, -frame.top)
    lane.down = max(lane.down, frame.bottom + BASE + LINE + 4)


def _block(step: Step, size: Size) -> tuple[Box, list[Spot], list[Wire]]:
    """Lay out what a block holds; its input enters at (0, 0), its output leaves at the frame's right.

    Returns:
        The frame, what stands in it, and the connections in it.
    """
    inner = size.inside(len(step.branches))
    lanes = [_branch(branch, inner, known=step.input_shape is not None) for branch in step.branches]
    heights = _heights(lanes)
    wing = WING if len(lanes) == 1 else WIDE_WING
    inside = max(lane.x for lane in lanes)
    right = inside + 2 * wing
    spots: list[Spot] = []
    wires: list[Wire] = []
    for lane, y in zip(lanes, heights, strict=True):
        left = wing + (inside - lane.x) / 2
        spots.extend(spot.moved(left, y) for spot in lane.spots)
        wires.extend(wire.moved(left, y) for wire in lane.wires)
        wires.extend(_ways_in(step, (wing, y), left))
        if lane.port is not None and (step.merge is not None or step.illegal is not None):
            wires.extend(_ways_out(step, (left + lane.x, y), wing + inside, right))
    top = heights[0] - lanes[0].up
    if step.merge is not None and step.merge.shortcut is not None:
        top -= ARCH
        over = Wire(((0.0, 0.0),), ((right, -JOIN),), Bend.OVER, top + 10, words.through(step.merge))
        wires.append(over)
    return Box(0.0, top - MARGIN, right, heights[-1] + lanes[-1].down + MARGIN), spots, wires


def _branch(steps: Sequence[Step], size: Size, known: bool) -> Lane:
    """Lay one branch out; its input comes from (0, 0), its output leaves at (x, 0)."""
    lane = Lane(size, LOWEST, port=((0.0, 0.0),) if known else None)
    _lay(lane, steps)
    lane.pass_flags()
    lane.x = max(lane.x, 2 * GAP)
    lane.connect(((lane.x, 0.0),))
    return lane


def _heights(lanes: Sequence[Lane]) -> list[float]:
    """Return where the lines of a block's lanes lie, so that the first and the last are as far away."""
    heights = [0.0]
    for before, after in pairwise(lanes):
        heights.append(heights[-1] + before.down + APART + after.up)
    middle = heights[-1] / 2
    return [height - middle for height in heights]


def _ways_in(step: Step, start: Point, left: float) -> list[Wire]:
    """Return how a block's input comes to a branch that begins at `left`, where that is known."""
    if step.input_shape is None:
        return []
    curve = Wire(((0.0, 0.0),), (start,), Bend.CURVE)
    return [curve, *_straight(start, (left, start[1]))]


def _ways_out(step: Step, start: Point, turn: float, right: float) -> list[Wire]:
    """Return how a branch's output comes to where the block joins it."""
    broken = step.merge is None
    end = right - (BROKEN / 2 if broken else JOIN)
    curve = Wire(((turn, start[1]),), ((end, 0.0),), Bend.CURVE, broken=broken)
    return [*_straight(start, (turn, start[1])), curve]


def _straight(start: Point, end: Point) -> list[Wire]:
    return [Wire((start,), (end,))] if end[0] > start[0] else []
