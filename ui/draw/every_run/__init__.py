"""Every network's answer to the same drawing."""

from ui.draw.every_run.every_run import compared, show_every_run

__all__ = ["compared", "show_every_run"]
