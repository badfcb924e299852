"""One stack laid out on a line from left to right: its layers, and the marks across its connections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core.diagram import glyphs, words
from core.diagram.glyphs import Size
from core.diagram.places import Box, Label, Look, Point, Spot, Wire
from core.experiment.dataset import Shape
from core.experiment.layer import Drawn
from core.experiment.shapes import Step

GAP = 17.0
"""Free pixels on each side of a layer."""
FAN = 84.0
"""Pixels that a column of neurons takes at least, so that its connections can be told apart."""
BESIDE = 16.0
"""Free pixels between the words of two layers."""
ROWS = 4
"""Words of marks stand in so many rows, like flags on poles of different height."""
ROW = 16.0
POLE = 9.0
"""Pixels before and behind a mark's line."""
BASE = 19.0
"""Pixels from the tallest layer down to the line that the first words stand on."""
LINE = 17.0
BROKEN = 34.0
UNKNOWN = 14.0
LOWEST = 24.0


@dataclass
class Lane:
    """A stack while it is laid out: everything up to `x` is in its place, around y = 0.

    Attributes:
        size: How large things are drawn in it.
        half: Half the height of the tallest layer since the last block; marks are as tall, and words
            stand below.
        floor: Width that each layer takes at least, blocks and marks left out.
        x: Where the next layer may begin.
        port: Where connections to the next layer begin; None behind a layer that does not fit.
        spots: The layers so far, and all that blocks among them hold, in the order of reading.
        wires: The connections so far.
        slots: Width that each layer of the stack itself asks for, blocks and marks left out.
        rows: Where the last flag of each row ends, the lowest row first.
        up: Pixels covered above its line.
        down: Pixels covered below.
    """

    size: Size
    half: float
    floor: float = 0.0
    x: float = 0.0
    port: tuple[Point, ...] | None = None
    spots: list[Spot] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    slots: list[float] = field(default_factory=list)
    rows: list[float] = field(default_factory=lambda: [0.0] * ROWS)
    up: float = 0.0
    down: float = 0.0

    def __post_init__(self) -> None:
        self.up = self.down = self.half

    def height_of_run(self, half: float) -> None:
        """Begin a run of layers with no block among them, of so many pixels above and below the line."""
        # only the first run of all finds something before it: the input
        self.half = max(half, self.half) if len(self.spots) <= 1 else half
        self.up, self.down = max(self.up, self.half), max(self.down, self.half)

    def connect(self, ends: tuple[Point, ...], broken: bool = False) -> None:
        """Lead what is known so far to these points."""
        if self.port is not None:
            self.wires.append(Wire(self.port, ends, broken=broken))

    def pass_flags(self) -> None:
        """Go on only behind the words of all marks."""
        self.x = max(self.x, *self.rows)

    def lines(self, bold: str, plain: str, x: float, y: float) -> tuple[Label, ...]:
        """Return the words below a layer."""
        both = (Label(bold, x, y, self.size.letter, bold=True), Label(plain, x, y + LINE, self.size.letter))
        return tuple(label for label in both if label.text)

    def text_width(self, bold: str, plain: str) -> float:
        """Return what the words below a layer take, the space between them and the next included."""
        return (
            max(words.width(bold, self.size.letter, bold=True), words.width(plain, self.size.letter))
            + BESIDE
        )


def is_mark(step: Step) -> bool:
    """Return whether a layer is a line across the connections."""
    return step.layer.drawn is Drawn.MARK and step.illegal is None


def half_height(steps: Iterable[Step], size: Size, last: Size | None = None) -> float:
    """Return half the height of the tallest layer that stands in the stack itself.

    Args:
        steps: The stack.
        size: How large things are drawn in it.
        last: The same for its last layer, where that differs.
    """
    own = [step for step in steps if not is_mark(step) and not step.branches]
    sizes = [size] * len(own)
    if own and last is not None:
        sizes[-1] = last
    extents = (
        _extent(look(step), step.output_shape or (), each) for step, each in zip(own, sizes, strict=True)
    )
    return max([LOWEST, *(height / 2 for _, height in extents)])


def half_height_of(shape: Shape, size: Size) -> float:
    """Return half the height of an input of `shape`."""
    return _extent(look(None, shape), shape, size)[1] / 2


def look(step: Step | None, shape: Shape | None = None) -> Look:
    """Return what is drawn for a layer, or for an input of `shape`."""
    known = shape if step is None else step.output_shape
    if step is not None and step.illegal is not None:
        return Look.BROKEN
    if known is None:
        return Look.UNKNOWN
    return Look.NEURONS if glyphs.is_flat(known) else Look.PLANES


def _extent(kind: Look, shape: Shape, size: Size) -> tuple[float, float]:
    """Return width and height of what is drawn for one layer."""
    if kind is Look.NEURONS:
        heights, _ = glyphs.neurons(shape, size)
        return 2 * size.radius, heights[-1] - heights[0] + 2 * size.radius
    if kind is Look.PLANES:
        height, width, count, offset = glyphs.planes(shape, size)
        return width + (count - 1) * offset, height + (count - 1) * offset
    side = BROKEN if kind is Look.BROKEN else UNKNOWN
    return side, side


def add_layer(
    lane: Lane,
    step: Step | None,
    shape: Shape | None,
    size: Size,
    text: tuple[str, str],
) -> None:
    """Put one layer that is no block and no mark into a lane.

    Args:
        lane: Where it goes.
        step: The layer; None for the input.
        shape: What it gives; None where that is unknown.
        size: How large it is drawn.
        text: The two lines below it.
    """
    kind, known = look(step, shape), shape or ()
    width, height = _extent(kind, known, size)
    fan = FAN * max(lane.size.scale, 0.7) if kind is Look.NEURONS else 0.0
    slot = max(width + 2 * GAP * max(lane.size.scale, 0.6), lane.text_width(*text), fan)
    lane.slots.append(slot)
    slot = max(slot, lane.floor)
    x, base = lane.x + slot / 2, lane.half + BASE
    box = Box(x - width / 2, -height / 2, x + width / 2, height / 2)
    lane.spots.append(Spot(step, kind, known, size, x, 0.0, box, lane.lines(*text, x, base)))
    ends: tuple[Point, ...] = ((box.left - 5, 0.0),)
    outs: tuple[Point, ...] = ((box.right + 5, 0.0),)
    if kind is Look.NEURONS:
        ends = outs = tuple((x, y) for y in glyphs.neurons(known, size)[0])
    lane.connect(ends, broken=kind is Look.BROKEN)
    lane.port = outs if kind in (Look.NEURONS, Look.PLANES) else None
    lane.x += slot
    lane.down = max(lane.down, base + LINE + 6)


def add_marks(lane: Lane, steps: Sequence[Step]) -> None:
    """Put marks that follow each other into a lane, so that no line crosses words.

    A single one carries its words over its middle. Of several, the first stands highest and its words
    fly over the lines behind it.
    """
    alone = len(steps) == 1
    for number, step in enumerate(steps):
        row = (len(steps) - number - 1) % ROWS
        text = words.across(step.layer)
        free = max(lane.rows[: row + 1])
        x = max(lane.x + POLE, free + (words.width(text, words.SMALL) / 2 if alone else 4.0))
        y = -lane.half - 14 - ROW * row
        label = Label(text, x if alone else x - 4, y, words.SMALL, starts=not alone)
        box = Box(x - 4, y + (6 if alone else 5), x + 4, lane.half + 4)
        lane.spots.append(Spot(step, Look.MARK, (), lane.size, x, 0.0, box, (label,)))
        lane.rows[row] = label.box.right + 10
        lane.up = max(lane.up, -label.box.top)
        lane.down = max(lane.down, box.bottom)
        lane.x = x + POLE
