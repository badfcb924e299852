"""What benchmarks print: under which conditions, figures as a Markdown table, and whether an aim is met."""

from __future__ import annotations

import datetime
import math
import os
import platform
import statistics
from collections.abc import Sequence
from importlib.metadata import version

PACKAGES = ("tensorflow", "keras", "numpy")


def conditions() -> None:
    """Print date, versions, cores, and how busy the machine was before anything was measured."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    busy = f", load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    today = datetime.date.today().isoformat()
    print(
        f"{today}, Python {platform.python_version()}, {versions}, {os.cpu_count()} cores{busy}\n",
        flush=True,
    )


def head(*columns: str) -> None:
    """Print the head of a table."""
    row(*columns)
    row(*["---"] * len(columns))


def row(*cells: str) -> None:
    """Print a row of a table."""
    print(f"| {' | '.join(cells)} |", flush=True)


def at_least(figure: float, aim: float) -> str:
    """Return whether a figure is as large as it should be, as a cell."""
    return "met" if figure >= aim else "**missed**"


def at_most(figure: float, aim: float) -> str:
    """Return whether a figure is as small as it should be, as a cell."""
    return "met" if figure <= aim else "**missed**"


def middle(figures: Sequence[float]) -> str:
    """Return the median, and between which figures the repeats lay, as a cell."""
    return f"{short(statistics.median(figures))} ({short(min(figures))}–{short(max(figures))})"


def short(figure: float) -> str:
    """Return a figure above 0 with three digits that count: `0.0712`, `2.38`, `304`."""
    return f"{figure:.{max(0, 2 - math.floor(math.log10(figure)))}f}"
