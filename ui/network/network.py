"""The drawing of the network as an inline component, so that it takes the page's colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.diagram.picture import ROOM, draw
from core.diagram.standalone import DRAWING
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from ui.component import inline, payload

HTML = """
<div class="network">
  <div class="scroll"></div>
  <div class="overview" aria-hidden="true" hidden><div class="sight"></div></div>
  <div class="foot">
    <span class="hint" hidden>Scroll for more.</span>
    <button class="download" type="button">Download SVG</button>
  </div>
  <div class="tip" role="tooltip" hidden></div>
</div>
"""
_STYLES = (DRAWING, "network.css")
_SCRIPTS = ("network.js", "overview.js", "save.js")
_component = inline("layerlab_network", __file__, HTML, *_STYLES, *_SCRIPTS)


def show_network(
    experiment: Experiment,
    info: DatasetInfo,
    sample: NDArray[np.uint8] | None,
    selected: str | None = None,
) -> None:
    """Draw the design's network.

    Args:
        experiment: The design.
        info: What its data set declares.
        sample: One real input to show at its beginning, or None.
        selected: Name of the layer to set off and keep in sight, if any.
    """
    pictures = [draw(experiment, info, sample, selected, room=0.0)]
    if pictures[0].width < ROOM:
        pictures.insert(0, draw(experiment, info, sample, selected, ROOM))
    _component(
        key="network",
        data=payload(
            {
                "pictures": [{"svg": each.svg, "width": each.width} for each in pictures],
                "selected": selected,
            }
        ),
    )
