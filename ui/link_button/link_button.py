"""Copy link, as an inline component: only the browser knows its address and its clipboard."""

from __future__ import annotations

from core.experiment import link
from core.experiment.experiment import Experiment
from ui.component import inline, payload

_component = inline(
    "layerlab_link_button",
    __file__,
    '<div class="ll-copy"><button type="button" class="plain">Copy link</button>'
    '<input readonly hidden aria-label="Link to this design"><span role="status"></span></div>',
    "link_button.css",
    "link_button.js",
    within=".ll-copy",  # in a shadow root, a dialog's Tab would pass it over
)


def show_link_button(experiment: Experiment, key: str = "link-button") -> None:
    """Draw the button; what it copies opens this design on any LayerLab, on the Build page.

    Args:
        experiment: The design.
        key: Of the element; each on a page has its own.
    """
    _component(key=key, data=payload({"design": link.encode(experiment)}))
