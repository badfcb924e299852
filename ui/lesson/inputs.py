"""How the inputs are distributed on each scale: the same bars over other numbers."""

from __future__ import annotations

import functools
import math
import threading
from collections.abc import Mapping
from html import escape

import streamlit as st

from core.data import files, library
from core.data.distribution import Distribution, distribution, normalized
from core.data.sources import source
from core.errors import LayerLabError
from core.experiment import choices, lessons
from core.experiment.choices import Scaling
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo
from core.experiment.lessons import Scale
from core.insight.words import share
from ui import server
from ui.lesson.found import Lesson

BINS = 16
ROOM = 1.25
"""How many times the tallest whole bar the room for bars is; the background's bar is cut off there."""
BESIDE = 0.2
"""Nearer to an end of the axis than this share of it, there is no room for another number."""
_LOCK = threading.Lock()


def show(info: DatasetInfo, shown: Lesson | None) -> None:
    """Draw the histograms of a data set.

    Args:
        info: What the data set declares.
        shown: The lesson whose curves are drawn beneath, for its colours.
    """
    with st.container(key="card-inputs", border=True):
        if library.state(info.name).here:
            with st.spinner("Counting the pixels …"):
                st.html(_histograms(info, _distribution(info), shown))
        else:
            st.html(f'<h2 class="ll-head">What goes into the network: pixels of {info.noun}s</h2>')
            if source(info.name).ships:
                st.fragment(_wait, run_every=0.5)(info)
            else:
                st.html(f'<p class="ll-quiet">Once {info.label} is here, its pixels are shown.</p>')


def _wait(info: DatasetInfo) -> None:
    """Have what comes with a library made by a worker: the library is large, and not loaded here."""
    making = server.download(info.name) or server.download(info.name, again=True)
    if library.state(info.name).here:
        st.rerun()
    failed = making.exception() if making and making.done() else None
    if failed is None:
        words = f"Unpacking the {info.noun}s …"
    elif isinstance(failed, LayerLabError):
        words = str(failed)
    else:
        words = f"The {info.noun}s could not be unpacked; the terminal says why."
    st.html(f'<p class="ll-quiet">{escape(words)}</p>')


def _histograms(info: DatasetInfo, found: Distribution, shown: Lesson | None) -> str:
    colours = {
        scale: shown.colour(scale) if shown else place
        for place, scale in enumerate(lessons.SCALES, start=1)
    }
    figures = "".join(_figure(scale, colour, info, found) for scale, colour in colours.items())
    return (
        f'<h2 class="ll-head">What goes into the network: {_counted(found, info)}</h2>'
        f'<div class="ll-scales">{figures}</div>'
        f"{_ruler(colours, info, found)}"
        '<p class="ll-quiet">The same bars three times: only the numbers beneath them differ. '
        f"{share(found.background)} of all pixels are background, so the first bar is cut off. Spread "
        "is the standard deviation: how far from the mean the values typically lie.</p>"
    )


def _counted(found: Distribution, info: DatasetInfo) -> str:
    images = sum(found.counts) // (info.input_shape[0] * info.input_shape[1])
    return f"the pixels of {images:,} {info.noun}s"


def _figure(scale: Scale, colour: int, info: DatasetInfo, found: Distribution) -> str:
    low, high = _ends(scale, info, found)
    mean, std = _after(scale, info, found)
    formula = choices.normalization(scale.normalization).formula
    spoken = (
        f"Histogram of {scale.inputs}: from {_number(low)} to {_number(high)}, {share(found.background)} "
        f"of them at the lowest value, mean {_number(mean)}, spread {_number(std)}."
    )
    return (
        f'<figure class="ll-scale colour-{colour}">'
        f"<figcaption><strong>{escape(scale.title)}</strong><code>{escape(formula)}</code></figcaption>"
        f'<div class="plot" role="img" aria-label="{escape(spoken)}">{_bars(found)}'
        f'<b class="mean" style="left: {_place(mean, low, high)}"></b></div>'
        f'<div class="ticks" aria-hidden="true">{_ticks(scale, low, high)}</div>'
        f'<p class="ll-quiet"><i></i>mean <b>{_figured(mean)}</b>, spread <b>{_figured(std)}</b></p>'
        "</figure>"
    )


def _ruler(colours: Mapping[Scale, int], info: DatasetInfo, found: Distribution) -> str:
    """Return where the values of all scales lie on one axis."""
    ends = {scale: _ends(scale, info, found) for scale in colours}
    least, most = min(low for low, _ in ends.values()), max(high for _, high in ends.values())
    rows = "".join(
        f'<span>{escape(scale.title)}</span><div class="colour-{colours[scale]}"><i style="left: '
        f'{_place(low, least, most)}; right: {_place(least + most - high, least, most)}"></i></div>'
        for scale, (low, high) in ends.items()
    )
    title = f"All three on one ruler, {_number(least)} to {_number(most)}"
    return f'<div class="ll-ruler" aria-hidden="true"><b>{title}</b>{rows}</div>'


def _ends(scale: Scale, info: DatasetInfo, found: Distribution) -> tuple[float, float]:
    """Return what black and white are on a scale."""
    low, high = (normalized(end, scale.normalization, info, found.statistics) for end in (0, 255))
    return low, high


def _after(scale: Scale, info: DatasetInfo, found: Distribution) -> tuple[float, float]:
    """Return mean and standard deviation on a scale."""
    mean, std = found.statistics.mean[0], found.statistics.std[0]
    middle = normalized(mean, scale.normalization, info, found.statistics)
    return middle, normalized(mean + std, scale.normalization, info, found.statistics) - middle


def _bars(found: Distribution) -> str:
    shares = found.shares(BINS)
    room = ROOM * sorted(shares)[-2]
    heights = [(each > room, min(100.0, 100 * each / room)) for each in shares]
    return "".join(
        f'<i class="{"cut" if cut else ""}" style="height: {height:.1f}%"></i>' for cut, height in heights
    )


def _ticks(scale: Scale, low: float, high: float) -> str:
    inner = {
        Scaling.NOTHING: (128.0,),
        Scaling.RANGE: (0.5,),
        Scaling.STATISTICS: tuple(float(whole) for whole in range(math.ceil(low), round(high))),
    }[choices.normalization(scale.normalization).scaling]
    room = BESIDE * (high - low)
    shown = [value for value in inner if low + room <= value <= high - room]
    return "".join(
        f'<span style="left: {_place(value, low, high)}">{_number(value)}</span>'
        for value in (low, *shown, high)
    )


def _place(value: float, low: float, high: float) -> str:
    return f"{100 * (value - low) / (high - low):.2f}%"


def _figured(value: float) -> str:
    """Return a figure with as many places as tell something: `75.9`, `0.30`, `−0.42`."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    written = f"{abs(value):.{digits}f}"
    return f"−{written}" if value < 0 and float(written) else written


def _number(value: float) -> str:
    """Return a value as an axis shows it: `255`, `0.5`, `−0.42`."""
    written = _figured(value)
    return written.rstrip("0").rstrip(".") if "." in written else written


def _distribution(info: DatasetInfo) -> Distribution:
    path = files.folder() / source(info.name).filename
    with _LOCK:  # thirty who ask at once wait for one count
        return _counts(str(path), path.stat().st_mtime_ns, info.name)


@functools.lru_cache(8)
def _counts(path: str, stamp: int, name: str) -> Distribution:
    return distribution(DataSpec(dataset=name))
