"""From a drawing to an answer."""
