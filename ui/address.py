"""What an address's parameter is on this side, and what the browser has heard of it."""

from __future__ import annotations

from dataclasses import dataclass, field


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

    def lags(self, named: str | None) -> bool:
        """Return whether a request that carries `named` left before the last value arrived."""
        return bool(self.ahead) and named != self.ahead[-1]
