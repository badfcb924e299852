"""The network that reads drawings before anything was trained, and the detector of what is no digit."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
