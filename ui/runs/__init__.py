"""The Runs page: the table of all runs, what can be done with one, and several over each other."""

from ui.runs.selection import choose

__all__ = ["choose"]
