"""Take away: a design or a run as a program, a notebook, a file of the network, curves, JSON, a link."""

from ui.takeaway.dialog import offer_design, offer_run

__all__ = ["offer_design", "offer_run"]
