"""What leaves LayerLab whole: a program, a notebook, the model with its card, the curves."""
