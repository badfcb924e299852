"""How figures, numbers of things and times are written, on the screen and on the command line."""

from __future__ import annotations


def figure(value: float | None, share: bool) -> str:
    """Return a figure as the screen writes it."""
    if value is None:
        return "–"
    return f"{value:.1%}".replace("%", " %") if share else f"{value:.4f}"


def rate(value: float) -> str:
    """Return a learning rate as people write it: `0.001`, `5e-6`."""
    written = f"{value:.3g}"
    mantissa, _, exponent = written.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else written


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def ordinal(number: int) -> str:
    """Return a place in a row: `1st`, `22nd`, `113th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def counted(number: int, noun: str) -> str:
    """Return a number of things: `1 run`, `2 runs`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
