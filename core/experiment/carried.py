"""Where files of ours carry their design: *Take away* writes it there, *Bring back* looks for it there.

Files that are out in the world have these names in them: they stay as they are.
"""

SCRIPT_MARK = "# layerlab:"
"""What begins each line of a program that holds a piece of the design, as a link's text."""
NOTEBOOK_KEY = "layerlab"
"""The entry of a notebook's metadata; the design is its `design`, as a link's text."""
NETWORK_MEMBER = "layerlab.json"
"""The member of a `.keras` file, which Keras passes over; the design is its `experiment`, beside `card`."""
NETWORK_FORMAT = 1
"""Of that member; raised when an old reader would misread it."""
