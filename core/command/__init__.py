"""The command line: the same core and the same runs as on the pages, without the screen."""
