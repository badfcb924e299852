"""The stack of layer cards: edit, add, remove, move."""

from ui.stack.stack import show_stack

__all__ = ["show_stack"]
