"""The truth: what is to be trained, on what, and how. Frozen, typed, JSON in and out."""
