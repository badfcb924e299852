"""The live curves: drawn by Plotly, appended to while a run goes on, never redrawn."""

from ui.chart.chart import show_curves

__all__ = ["show_curves"]
