"""The network as a drawing: places and SVG. Pure: the screen and what is taken away show the same."""
