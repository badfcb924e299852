"""The chip in the bar of every page: the run under way, and a way to it."""

from ui.chip.chip import follow, show_chip

__all__ = ["follow", "show_chip"]
