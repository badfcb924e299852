"""From an experiment to a compiled `tf.keras` model."""
