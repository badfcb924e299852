"""Your handwriting: label drawings, train on them, measure networks on them, take them away."""

from ui.draw.own.own import show_collection, show_labels

__all__ = ["show_collection", "show_labels"]
