"""The run store: what was asked, what happened, what came of it. The only way from training to a screen."""
