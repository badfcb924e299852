"""How the ready network is made: pen strokes, what is no digit, bending, the model card."""
