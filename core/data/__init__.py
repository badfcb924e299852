"""Named data sets: what they declare, where they come from, how they are split."""
