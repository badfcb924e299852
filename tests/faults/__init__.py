"""Faults done to real servers, foremen and workers, and a judge of what comes of them."""
