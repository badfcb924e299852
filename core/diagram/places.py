"""What stands in the drawing: layers, words and connections, each in its place. y grows downwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from core.diagram import words
from core.diagram.glyphs import Size
from core.experiment.dataset import Shape
from core.experiment.shapes import Step

Point = tuple[float, float]


class Look(StrEnum):
    """What is drawn for a layer."""

    NEURONS = "neurons"
    PLANES = "planes"
    MARK = "mark"
    BLOCK = "block"
    BROKEN = "broken"
    UNKNOWN = "unknown"


class Bend(StrEnum):
    """The way that connections take."""

    STRAIGHT = "straight"
    EACH = "each"
    """Straight, but only from each start to its own end."""
    CURVE = "curve"
    OVER = "over"
    """Over what stands between: a block's input on its way to the end of the block."""


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def moved(self, dx: float, dy: float) -> Box:
        """Return it elsewhere."""
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)


@dataclass(frozen=True)
class Label:
    """Words in their place.

    Attributes:
        text: What they say.
        x: Where they begin, or their middle.
        y: The line they stand on.
        letter: Size of the letters.
        bold: Whether they are bold.
        starts: Whether `x` is where they begin.
    """

    text: str
    x: float
    y: float
    letter: float = words.LETTER
    bold: bool = False
    starts: bool = False

    @property
    def box(self) -> Box:
        """Return about what they cover."""
        wide = words.width(self.text, self.letter, self.bold)
        left = self.x if self.starts else self.x - wide / 2
        return Box(left, self.y - 0.8 * self.letter, left + wide, self.y + 0.25 * self.letter)

    def moved(self, dx: float, dy: float) -> Label:
        """Return them elsewhere."""
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True)
class Spot:
    """One layer in its place.

    Attributes:
        step: The layer; None for the input.
        look: What is drawn.
        shape: What it gives, where known.
        size: How large things are in its stack.
        x: Middle of what is drawn, or the pole of a mark.
        y: The line of its lane.
        box: What its glyph covers; a block's frame.
        labels: Its words.
    """

    step: Step | None
    look: Look
    shape: Shape
    size: Size
    x: float
    y: float
    box: Box
    labels: tuple[Label, ...]

    @property
    def whole(self) -> Box:
        """Return what the glyph and its words cover."""
        boxes = (self.box, *(label.box for label in self.labels))
        return Box(
            min(box.left for box in boxes),
            min(box.top for box in boxes),
            max(box.right for box in boxes),
            max(box.bottom for box in boxes),
        )

    def moved(self, dx: float, dy: float) -> Spot:
        """Return it elsewhere."""
        labels = tuple(label.moved(dx, dy) for label in self.labels)
        return replace(self, x=self.x + dx, y=self.y + dy, box=self.box.moved(dx, dy), labels=labels)


@dataclass(frozen=True)
class Wire:
    """A bundle of connections: each start to each end.

    Attributes:
        starts: Where they begin.
        ends: Where they end.
        bend: Their way.
        top: How high they go where they go over something.
        note: What stands on them.
        broken: Whether they lead to a layer that can't take what comes.
    """

    starts: tuple[Point, ...]
    ends: tuple[Point, ...]
    bend: Bend = Bend.STRAIGHT
    top: float = 0.0
    note: str = ""
    broken: bool = False

    def moved(self, dx: float, dy: float) -> Wire:
        """Return it elsewhere."""
        starts = tuple((x + dx, y + dy) for x, y in self.starts)
        ends = tuple((x + dx, y + dy) for x, y in self.ends)
        return replace(self, starts=starts, ends=ends, top=self.top + dy)
