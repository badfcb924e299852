"""Fields: what a parameter may be, said once and used by the form, the check and the JSON reader.

A record (a layer, the training plan, …) is a frozen dataclass whose attributes are declared with
`integer`, `real`, `choice` or `text`. The declaration travels in the dataclass field's metadata.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from core.errors import InvalidExperiment

_METADATA = "field"


@dataclass(frozen=True)
class Option:
    """One value that a choice may take.

    Attributes:
        value: What is stored, Keras's own word where Keras has one.
        label: What the screen says.
        help: One sentence: what it is, or when to use it.
        formula: The function in plain text, where there is one.
    """

    value: str
    label: str
    help: str = ""
    formula: str = ""


@dataclass(frozen=True)
class Field:
    """What every field tells: its label, its one-sentence explanation and its unit.

    An advanced field is folded away in forms: a newcomer never has to see it.
    """

    label: str
    help: str
    unit: str = ""
    advanced: bool = False

    def parse(self, value: object) -> Any:
        """Return `value` in the field's own type, or raise ValueError saying what is expected."""
        raise ValueError(f"no rule reads {value!r}")  # pragma: no cover - every field kind has its own

    def show(self, value: Any) -> str:
        """Return `value` as the screen writes it."""
        return str(value)


@dataclass(frozen=True)
class Integer(Field):
    """A whole number from `low` to `high`, both included."""

    low: int = 1
    high: int = 2**31 - 1

    def parse(self, value: object) -> int:
        whole = isinstance(value, float) and value.is_integer()
        if (isinstance(value, int) and not isinstance(value, bool)) or whole:
            number = int(value)  # type: ignore[call-overload]
            if self.low <= number <= self.high:
                return int(number)
        raise ValueError(f"a whole number from {self.low:,} to {self.high:,}")

    def show(self, value: int) -> str:
        return f"{value:,}"


@dataclass(frozen=True)
class Real(Field):
    """A number from `low` to `high`; `step` is what the form's arrows add."""

    low: float = 0.0
    high: float = 1.0
    step: float = 0.05

    def parse(self, value: object) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = float(value) if abs(value) < 1e300 else math.inf
            if math.isfinite(number) and self.low <= number <= self.high:
                return number
        raise ValueError(f"a number from {self.low:g} to {self.high:g}")

    def show(self, value: float) -> str:
        return f"{value:g}"


@dataclass(frozen=True)
class Choice(Field):
    """One of `options`."""

    options: tuple[Option, ...] = ()

    def parse(self, value: object) -> str:
        if isinstance(value, str) and any(option.value == value for option in self.options):
            return value
        raise ValueError("one of " + ", ".join(option.value for option in self.options))

    def option(self, value: str) -> Option:
        """Return the option that stands for `value`."""
        return next(option for option in self.options if option.value == value)

    def show(self, value: str) -> str:
        return self.option(value).label


@dataclass(frozen=True)
class Flag(Field):
    """Yes or no."""

    def parse(self, value: object) -> bool:
        if isinstance(value, bool):
            return value
        raise ValueError("true or false")

    def show(self, value: bool) -> str:
        return "yes" if value else "no"


@dataclass(frozen=True)
class Sizes(Field):
    """The sizes of `fewest` to `most` axes, each from 1 to `high`; also read as text: `7 × 7 × 64`."""

    fewest: int = 1
    most: int = 3
    high: int = 1_000_000

    def parse(self, value: object) -> tuple[int, ...]:
        parts = _numbers_in(value) if isinstance(value, str) else value
        if isinstance(parts, list | tuple) and self.fewest <= len(parts) <= self.most:
            each = Integer(self.label, self.help, low=1, high=self.high)
            return tuple(each.parse(part) for part in parts)
        raise ValueError(
            f"{self.fewest} to {self.most} whole numbers from 1 to {self.high:,}, such as 7 × 7 × 64"
        )

    def show(self, value: tuple[int, ...]) -> str:
        return " × ".join(str(size) for size in value)


def _numbers_in(written: str) -> list[int] | None:
    parts = re.split(r"[\s×x*,;]+", written.strip()) if len(written) <= 80 else []
    return (
        [int(part) for part in parts] if all(part.isascii() and part.isdigit() for part in parts) else None
    )


@dataclass(frozen=True)
class Text(Field):
    """A short text that matches `pattern` as a whole; `expected` says so in words."""

    pattern: str = r".{0,80}"
    expected: str = "a short text"

    def parse(self, value: object) -> str:
        if isinstance(value, str) and re.fullmatch(self.pattern, value):
            return value
        raise ValueError(self.expected)


def integer(
    default: int, label: str, help: str, *, low: int, high: int, unit: str = "", advanced: bool = False
) -> Any:
    """Declare a whole-number attribute of a record."""
    return _declare(
        default, Integer(label=label, help=help, unit=unit, advanced=advanced, low=low, high=high)
    )


def real(
    default: float,
    label: str,
    help: str,
    *,
    low: float,
    high: float,
    step: float,
    unit: str = "",
    advanced: bool = False,
) -> Any:
    """Declare a real-number attribute of a record."""
    field = Real(label=label, help=help, unit=unit, advanced=advanced, low=low, high=high, step=step)
    return _declare(default, field)


def choice(
    default: str, label: str, help: str, *, options: tuple[Option, ...], advanced: bool = False
) -> Any:
    """Declare an attribute of a record that takes one of `options`."""
    return _declare(default, Choice(label=label, help=help, advanced=advanced, options=options))


def flag(default: bool, label: str, help: str, *, advanced: bool = False) -> Any:
    """Declare a yes-or-no attribute of a record."""
    return _declare(default, Flag(label=label, help=help, advanced=advanced))


def sizes(default: tuple[int, ...], label: str, help: str, *, most: int, unit: str = "") -> Any:
    """Declare an attribute of a record that holds the sizes of up to `most` axes."""
    return _declare(default, Sizes(label=label, help=help, unit=unit, most=most))


def text(default: str, label: str, help: str, *, pattern: str, expected: str) -> Any:
    """Declare a text attribute of a record."""
    return _declare(default, Text(label=label, help=help, pattern=pattern, expected=expected))


def _declare(default: object, field: Field) -> Any:
    return dataclasses.field(default=default, metadata={_METADATA: field})


def declared(record: type[Record] | Record) -> dict[str, Field]:
    """Return the fields of a record by attribute name, in the order in which forms show them.

    A class's own fields stand before those it inherits: what is special about it comes first.
    """
    kind: Any = record if isinstance(record, type) else type(record)
    return _declared(kind)


@functools.cache
def _declared(kind: type[Any]) -> dict[str, Field]:
    found = {each.name: each.metadata.get(_METADATA) for each in dataclasses.fields(kind)}
    names = [name for each in kind.__mro__ for name in inspect.get_annotations(each)]
    return {name: field for name in dict.fromkeys(names) if (field := found.get(name)) is not None}


@dataclass(frozen=True, kw_only=True)
class Record:
    """A frozen dataclass whose attributes are checked against their fields when it is made.

    Raises:
        InvalidExperiment: An attribute is not what its field allows.
    """

    def __post_init__(self) -> None:
        for name, field in declared(self).items():
            value = getattr(self, name)
            try:
                object.__setattr__(self, name, field.parse(value))
            except ValueError as error:
                raise InvalidExperiment(
                    f"{self.called()}: {name} must be {error}. Received: {shortened(value)}."
                ) from None

    @classmethod
    def called(cls) -> str:
        """Return what messages call this record."""
        return cls.__name__

    def replace(self, **changes: object) -> Self:
        """Return a copy with some attributes changed, checked again.

        Raises:
            InvalidExperiment: An attribute is unknown, or not what its field allows.
        """
        self._refuse_unknown(changes)
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as JSON values, by name."""
        return {name: getattr(self, name) for name in declared(self)}

    @classmethod
    def from_dict(cls, document: object) -> Self:
        """Return the record that `document` describes; attributes left out take their default.

        Raises:
            InvalidExperiment: `document` is no object, or has unknown or wrong attributes.
        """
        if not isinstance(document, Mapping):
            raise InvalidExperiment(f"{cls.called()} must be an object. Received: {shortened(document)}.")
        cls._refuse_unknown(document)
        return cls(**document)

    @classmethod
    def _refuse_unknown(cls, names: Mapping[str, object]) -> None:
        unknown = [str(name) for name in names if name not in declared(cls)]
        if unknown:
            raise InvalidExperiment(
                f"{cls.called()} has no {shortened(', '.join(unknown))}. It has {', '.join(declared(cls))}."
            )


def shortened(value: object, limit: int = 60) -> str:
    """Return `repr(value)`, cut so that a message stays readable whatever it was given."""
    try:
        written = repr(value)
    except (ValueError, RecursionError):  # more digits, or deeper, than Python will print
        written = f"a {type(value).__name__} too long to print"
    return written if len(written) <= limit else written[: limit - 1] + "…"
