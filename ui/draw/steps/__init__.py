"""What the network sees: a drawing on its way to the network's input, step by step."""

from ui.draw.steps.steps import show_steps, switches, without

__all__ = ["show_steps", "switches", "without"]
