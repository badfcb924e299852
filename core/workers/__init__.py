"""The processes that load TensorFlow, so that the web process need not."""
