"""The network drawn: the design as a picture that reads from left to right."""

from ui.network.network import show_network

__all__ = ["show_network"]
