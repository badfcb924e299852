"""Training: model + data + plan in, events out."""
