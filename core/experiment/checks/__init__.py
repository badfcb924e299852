"""What `check` looks for, one room a subject."""
