"""The stack of layer cards: edit, add, remove, move, into and out of blocks."""

from ui.stack.stack import show_stack

__all__ = ["show_stack"]
