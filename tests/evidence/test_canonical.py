from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_

from webapp.evidence.canonical import dumps

WHOLE = any_.integers(-(2**53) + 1, 2**53 - 1)
ONE = any_.none() | any_.booleans() | WHOLE | any_.floats(allow_nan=False, allow_infinity=False)
TEXT = any_.text(any_.characters(exclude_categories=["Cs"]))
VALUE = any_.recursive(
    ONE | TEXT, lambda held: any_.lists(held) | any_.dictionaries(TEXT, held), max_leaves=12
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(VALUE)
def test_any_value_is_written_as_the_norm_has_it(value: Any) -> None:
    assert dumps(value) == rfc8785.dumps(value)


def test_control_characters_quotes_and_what_is_beyond_the_first_plane_too() -> None:
    texts = {"a": "".join(map(chr, range(0x20))), "b": '"\\/\x7f\u2028', "c": "𝄞é"}
    assert dumps(texts) == rfc8785.dumps(texts)


class Colour(StrEnum):
    RED = "red"


def test_a_word_of_an_enumeration_is_written_as_a_text() -> None:
    assert dumps({"colour": Colour.RED}) == b'{"colour":"red"}'


@pytest.mark.parametrize("value", [2**53, float("nan"), "\ud800", {"a": "\ud800"}, {1: "a"}, {1}])
def test_what_is_no_json_value_is_refused(value: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        dumps(value)
