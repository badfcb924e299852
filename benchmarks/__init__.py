"""Measurements: one command a figure, side by side with what it is compared to."""
