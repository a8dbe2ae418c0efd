"""Counting on the numbers of the post's labels."""

import pytest

from webapp.paper.item_numbers import Uncountable, following


@pytest.mark.parametrize(
    ("number", "next_number"),
    [
        ("RK 123 456 785 FR", "RK 123 456 799 FR"),
        ("RK123456799FR", "RK123456808FR"),
        ("RB 47312482 9 US", "RB 47312483 2 US"),
        ("RA 000 000 076 FR", "RA 000 000 080 FR"),
        ("RA 000 000 005 FR", "RA 000 000 014 FR"),
    ],
)
def test_a_label_of_the_postal_union_is_followed_by_the_next_with_its_own_check_digit(
    number: str, next_number: str
) -> None:
    assert following(number) == next_number


@pytest.mark.parametrize(
    "number",
    [
        "1A 200 001 0009 8",
        "1A 0099",
        "RK 123 456 784 FR",
        "RK 999 999 995 FR",
        "RK 1234 FR",
        "RK १२३४५६७८5 FR",
        "",
    ],
)
def test_any_other_number_is_not_counted_on(number: str) -> None:
    with pytest.raises(Uncountable):
        following(number)
