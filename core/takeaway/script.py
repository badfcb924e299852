"""An experiment as one Python file that needs TensorFlow and NumPy alone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from core.data.sources import Source
from core.experiment import link
from core.experiment.carried import SCRIPT_MARK
from core.experiment.experiment import Experiment
from core.takeaway.program import Origin, program
from core.takeaway.section import Section
from core.takeaway.source_text import remark

_PIECE = 76
"""Characters of the design in one line."""


def script(experiment: Experiment, source: Source, origin: Origin | None = None) -> str:
    """Return a program that trains the experiment: data, model, training, evaluation.

    Args:
        experiment: A design without errors.
        source: Its data set; where no package can load it, its file must lie beside the program.
        origin: What the program says of where it comes from.
    """
    told = origin or Origin()
    start, *steps = program(experiment, source, told)
    lines = [*_header(experiment, source, told), "", *start.lines]
    for section in steps:
        lines += [*_apart(section, lines[-1]), f"# --- {section.title} ---", *section.lines]
    return "\n".join(lines) + "\n"


def _apart(section: Section, before: str) -> list[str]:
    """Return the empty lines in front of a section: two around functions, as formatters want them."""
    return ["", ""] if section.lines[0].startswith("def ") or before.startswith("    return") else [""]


def _header(experiment: Experiment, source: Source, origin: Origin) -> Iterator[str]:
    beside = " and ".join(f"`{name}`" for name in source.files if not source.otherwise)
    needs = f"Needs {beside} beside it, and" if beside else "Needs"
    yield '"""Build, train and test a neural network.'
    yield ""
    yield from textwrap.wrap(f"{needs}: pip install tensorflow numpy", 84)
    yield '"""'
    yield ""
    if origin.name:
        yield from remark(f"Run {origin.name!r} of LayerLab.")
    yield "# Opened on LayerLab's Build page (Bring back), these lines are the design again:"
    design = link.encode(experiment)
    yield from (
        f"{SCRIPT_MARK} {design[start : start + _PIECE]}" for start in range(0, len(design), _PIECE)
    )
