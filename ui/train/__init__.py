"""The parts of the Train page: header, figures, what the curves say, what can be done next."""
