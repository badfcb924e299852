"""Brings a network back from a file or a text that anybody may have written: read as data, never run."""
