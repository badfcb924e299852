"""Brings a network back from a file or a text that anybody may have written: read as data, never run.

Keras's own loader is no boundary: a config names classes and functions, and it calls them. So a file's
config is only read; our builder makes the network of what was read; Keras writes down what was made; and
only where both writings agree, field by field, are the file's numbers put in. A layer that is read wrongly,
or a field that nobody here has heard of, is then a refusal, not another network.
"""
