"""What a user reads, and the pictures in it."""
