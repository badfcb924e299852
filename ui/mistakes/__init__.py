"""What a classifier mistakes for what, after each epoch: counts, and mistakes as pictures."""

from ui.mistakes.mistakes import show_mistakes

__all__ = ["show_mistakes"]
