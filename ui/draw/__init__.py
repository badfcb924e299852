"""What stands on the Draw page: canvas, answer, every network's answer, and what a network sees."""
