"""The button that copies the address, which holds the whole design."""

from ui.link_button.link_button import show_link_button

__all__ = ["show_link_button"]
