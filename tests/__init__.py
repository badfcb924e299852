"""Tests of LayerLab."""
