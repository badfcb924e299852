"""Bring back: a design or a trained network from a file or a text, whoever wrote it."""

from ui.bringback.dialog import offer

__all__ = ["offer"]
