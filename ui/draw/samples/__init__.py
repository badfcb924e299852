"""Pictures of a test set to choose from, where nobody draws such things by hand."""

from ui.draw.samples.samples import show_samples

__all__ = ["show_samples"]
