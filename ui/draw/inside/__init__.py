"""What goes on inside a network while it reads one picture."""

from ui.draw.inside.inside import show_inside

__all__ = ["show_inside"]
