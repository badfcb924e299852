"""What an address's parameter is on this side, and what the browser has heard of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Address:
    """One parameter of the address, written here and read back from the browser.

    Every request carries the browser's address as it was when the request left. On a slow line that
    is an older one than was last written; taking it for a wish would undo what was done meanwhile.

    Attributes:
        shown: What the browser showed when it was last heard of.
        ahead: What was written since and not yet seen in a request, oldest first.
    """

    shown: str | None = None
    ahead: list[str] = field(default_factory=list)

    def navigated(self, named: str) -> bool:
        """Return whether the browser itself went to another value (a link, Back), and remember it."""
        before, self.shown = self.shown, named
        if named in self.ahead:
            del self.ahead[: self.ahead.index(named) + 1]
            return False
        if named != before:
            self.ahead.clear()
            return True
        return False

    def write(self, value: str) -> bool:
        """Note that `value` is what the browser should show; return whether it has to be sent."""
        latest = self.ahead[-1] if self.ahead else self.shown
        if value == latest:
            return False
        self.ahead.append(value)
        return True


@dataclass
class Told:
    """Values that the design gave to widgets, and whether the browser has heard of them.

    Until it has, its requests repeat the value before, which nobody has chosen. That it has is told
    by the address, which is written at the end of the same run and comes back with later requests.

    Attributes:
        now: The value before, by widget, for those told in runs whose address is not written yet; a
            run that is interrupted never writes one.
        sent: The same for runs whose address was written, with it, oldest first.
    """

    now: dict[str, Any] = field(default_factory=dict)
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def tell(self, widget: str, before: object) -> None:
        """Note that a widget is given another value than `before`."""
        self.now[widget] = before

    def written(self, address: str, awaited: bool) -> None:
        """Note the address at the end of a run; `awaited` where the browser does not show it yet."""
        if awaited:
            self.sent.append((address, self.now))
        self.now = {}

    def heard(self, address: str | None) -> None:
        """Note that the browser showed this address when its request left."""
        places = [place for place, (written, _) in enumerate(self.sent) if written == address]
        if places:
            del self.sent[: places[0] + 1]

    def is_stale(self, widget: str, value: object) -> bool:
        """Return whether `value` is what the widget had before, from a browser yet to hear of it."""
        return any(
            widget in told and told[widget] == value
            for told in (self.now, *(told for _, told in self.sent))
        )
