"""An experiment as a Jupyter notebook: the script's own code in cells, with words between them."""

from __future__ import annotations

import base64
import re
from typing import Any

from core.data.sources import Source
from core.diagram.picture import alternative_text
from core.diagram.standalone import standalone
from core.experiment import link
from core.experiment.carried import NOTEBOOK_KEY
from core.experiment.experiment import Experiment
from core.experiment.title import title
from core.takeaway import words
from core.takeaway.program import Origin, program
from core.takeaway.section import Section

_CURVES = """\
import matplotlib.pyplot as plt

for name, label in (("loss", "training"), ("val_loss", "validation")):
    plt.plot(range(1, len(history.epoch) + 1), history.history[name], label=label)
plt.xlabel("epoch")
plt.ylabel("loss")
plt.legend()
plt.show()"""


def notebook(experiment: Experiment, source: Source, origin: Origin | None = None) -> str:
    """Return a notebook (.ipynb) that trains the experiment, as JSON text.

    It needs what the script needs, and matplotlib for the curves.

    Args:
        experiment: A design without errors.
        source: Its data set; where no package can load it, its file must lie beside the notebook.
        origin: What it says of where it comes from.
    """
    import nbformat  # half a second, which no other page should wait for
    from nbformat import v4

    told = origin or Origin()
    cells = [v4.new_markdown_cell(_opening(experiment, source, told))]
    for section in program(experiment, source, told):
        cells += _cells(section)
        if section.title == "Training":
            cells += _cells(Section("Curves", words.curves(), tuple(_CURVES.splitlines())))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # else each would get one at random
    made = v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            NOTEBOOK_KEY: {"design": link.encode(experiment)},
        },
    )
    nbformat.validate(made)
    return f"{nbformat.writes(made)}\n"


def _opening(experiment: Experiment, source: Source, origin: Origin) -> str:
    drawn = base64.b64encode(standalone(experiment, source.info).encode()).decode()
    alternative = _plain(alternative_text(experiment, source.info))
    beside = [f"`{name}`" for name in source.files if not source.otherwise]
    needs = f"It needs {' and '.join(beside)} beside it. " if beside else ""
    return "\n\n".join(
        (
            f"# {_plain(origin.name or title(experiment))}",
            f'<img alt="{alternative}" src="data:image/svg+xml;base64,{drawn}">',
            f"A network built with LayerLab. Run all cells, here or in Colab. {needs}Outside Colab: "
            "`pip install tensorflow matplotlib`. On LayerLab's Build page, *Bring back* makes a design of "
            "this file again.",
        )
    )


def _cells(section: Section) -> list[Any]:
    from nbformat import v4

    said = "\n\n".join((f"## {section.title}", *section.words))
    return [v4.new_markdown_cell(said), v4.new_code_cell("\n".join(section.lines))]


def _plain(text: str) -> str:
    """Return a text as Markdown and HTML show it letter by letter, in one line."""
    line = "".join(each if each.isprintable() else " " for each in text)
    return re.sub(r"[^\w\s.,:;÷×·()+-]", lambda found: f"&#{ord(found[0])};", line)
