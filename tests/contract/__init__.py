"""The catalog and the model builder against Keras as the oracle; real training, real processes."""
