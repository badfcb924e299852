"""Fast tests of pure rooms; no TensorFlow, under 10 seconds together."""
