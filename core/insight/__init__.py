"""What the curves of a run say, in words, and what to try next: pure functions of designs and figures."""
