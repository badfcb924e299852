"""What the browser has heard of, told by the address that comes back with its requests."""

from __future__ import annotations

from ui.address import Address, Told


def test_an_address_nobody_wrote_is_a_wish() -> None:
    assert Address().navigated("a link")


def test_what_was_written_is_no_wish_when_it_comes_back() -> None:
    address = Address()
    assert address.write("first")
    assert not address.navigated("first")
    assert not address.navigated("first")


def test_a_browser_that_lags_behind_wishes_nothing() -> None:
    address = Address()
    address.write("first")
    address.navigated("first")
    address.write("second")
    address.write("third")
    assert not address.navigated("first")
    assert not address.navigated("second")
    assert not address.navigated("third")
    assert address.navigated("first")


def test_the_same_value_is_not_written_twice() -> None:
    address = Address()
    assert address.write("first")
    assert not address.write("first")
    address.navigated("first")
    assert not address.write("first")


def test_a_value_is_stale_until_the_address_of_its_run_comes_back() -> None:
    told = Told()
    told.tell("preset", "notebook")
    assert told.is_stale("preset", "notebook")
    assert not told.is_stale("preset", "article")
    assert not told.is_stale("epochs", "notebook")
    told.written("own design", awaited=True)
    told.heard("the design before")
    assert told.is_stale("preset", "notebook")
    told.heard("own design")
    assert not told.is_stale("preset", "notebook")


def test_what_an_interrupted_run_told_stays_stale_until_a_later_address_comes_back() -> None:
    told = Told()
    told.tell("preset", "notebook")  # its run ends here, before it wrote an address
    told.tell("batch_size", 32)
    told.heard("the design before")
    assert told.is_stale("preset", "notebook")
    told.written("a later design", awaited=True)
    told.heard("a later design")
    assert not told.is_stale("preset", "notebook")
    assert not told.is_stale("batch_size", 32)


def test_a_run_that_leaves_the_address_as_it_is_ends_the_wait() -> None:
    told = Told()
    told.tell("preset", "notebook")
    told.written("the design before", awaited=False)
    assert not told.is_stale("preset", "notebook")
