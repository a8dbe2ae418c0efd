"""The search for objects that hold each other."""

import gc

import pytest

from webapp.cycles import keep_for_good, no_cycles


def test_the_search_is_put_off_and_goes_on_whatever_happens() -> None:
    @no_cycles()
    def broken() -> None:
        assert not gc.isenabled()
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        broken()
    assert gc.isenabled()


def test_one_inside_another_leaves_it_to_the_outer_one() -> None:
    with no_cycles():
        with no_cycles():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_a_process_holds_once_it_has_started_is_looked_through_no_more() -> None:
    held = [[number] for number in range(1000)]
    try:
        keep_for_good()
        assert gc.get_freeze_count() > len(held)
        assert not any(one is held for one in gc.get_objects())
    finally:
        gc.unfreeze()
