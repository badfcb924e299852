"""Your handwriting: label drawings, train on them, measure networks on them, take them away."""

from ui.draw.own.own import show_collection, show_labels, show_own

__all__ = ["show_collection", "show_labels", "show_own"]
