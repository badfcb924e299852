"""The drawing as a file that stands alone: with its own colours, nothing to fetch."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from core.diagram.picture import ROOM, draw
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment

_HERE = Path(__file__).resolve().parent
COLOURS = _HERE / "colours.css"
"""What each colour is, in light and in dark: the same for every page."""
DRAWING = _HERE / "drawing.css"
"""How the parts of the drawing look."""
_LETTERS = 'text { font-family: "Source Sans", "Source Sans 3", "Source Sans Pro", system-ui, sans-serif; }'


def standalone(experiment: Experiment, info: DatasetInfo, sample: NDArray[np.uint8] | None = None) -> str:
    """Return the network as an SVG file, in the light colours on a ground of their own.

    Args:
        experiment: The design.
        info: What its data set declares.
        sample: One real input to show at its beginning; see `core.diagram.picture.draw`.
    """
    picture = draw(experiment, info, sample, room=ROOM)
    start, content = picture.svg.split(">", 1)
    size = f' width="{picture.width:.0f}" height="{picture.height:.0f}"'
    sheets = "\n".join((COLOURS.read_text("utf-8"), DRAWING.read_text("utf-8"), _LETTERS))
    # programs that show SVG know neither light nor dark, so it brings its paper
    style = f":root {{ color-scheme: light; }}\n{sheets}"
    paper = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return f"{start}{size}><style>{escape(style)}</style>{paper}{content}\n"
