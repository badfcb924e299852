"""Python's own spelling of values and of calls of Keras, in lines of 88 characters."""

from __future__ import annotations

import textwrap
from fractions import Fraction

from core.experiment.keras_call import Call

WIDEST = 88
"""Characters of a line; `ruff format` and Black break at the same."""
FIRST_BY_PLACE = ("units", "filters", "rate", "pool_size", "target_shape", "scale", "activation")
"""Arguments that everybody writes without their name."""


def expression(call: Call, indent: int, around: int = 1, keep: tuple[str, ...] = ()) -> str:
    """Return a call as source; Keras names the layers itself.

    Args:
        call: What is called.
        indent: Columns in front of its line.
        around: Characters that share its line beside those.
        keep: Arguments that are written although they are usually left out (`name`).
    """
    parts = []
    for index, (name, argument) in enumerate(call.arguments.items()):
        if (name == "name" and name not in keep) or _is_keras_default(call, name, argument):
            continue
        if isinstance(argument, Call):
            written = expression(argument, indent + 4, around=len(f"{name}=,"))
        else:
            written = value(argument)
        by_place = index == 0 and name in FIRST_BY_PLACE
        parts.append(written if by_place else f"{name}={written}")
    line = f"keras.{call.path}({', '.join(parts)})"
    if indent + around + len(line) <= WIDEST:
        return line
    inner = " " * (indent + 4)
    return f"keras.{call.path}(\n" + "".join(f"{inner}{part},\n" for part in parts) + " " * indent + ")"


def _is_keras_default(call: Call, name: str, argument: object) -> bool:
    if name == "padding":
        return argument == "valid"
    if (
        name == "strides"
    ):  # a filter moves by 1 pixel unless told otherwise, a pooling window by its own size
        return argument == 1 and "kernel_size" in call.arguments
    return name == "activation" and argument == "linear" and len(call.arguments) > 2


def value(written: object) -> str:
    """Return a value as source: what it evaluates to is the value, whatever characters it holds."""
    if isinstance(written, float):
        inverse = Fraction(written).limit_denominator(100_000)
        if inverse.numerator == 1 and len(repr(written)) > 8 and 1 / inverse.denominator == written:
            return f"1 / {inverse.denominator}"
    if isinstance(written, str):
        plain = repr(written)
        # in the quotation marks that formatters want, where the text has none of them
        return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in written else plain
    return repr(written)


def remark(text: str, indent: int = 0) -> list[str]:
    """Return a comment, broken into lines; whatever the text holds, it stays one."""
    # no line ends inside: what follows one would be code
    plain = "".join(each if each.isprintable() else " " for each in text)
    start = " " * indent + "# "
    return [start + line for line in textwrap.wrap(plain, WIDEST - len(start), break_long_words=False)]
