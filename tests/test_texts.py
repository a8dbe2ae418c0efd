"""Texts as people type and paste them."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.texts import (
    are_clean,
    clean,
    fold,
    forbidden_character,
    tidied,
    unaccented,
    without_heaps,
)

ODD = st.text(st.sampled_from("aé|e\u0301 \u00a0\t\u200b\u202e\x07\u0338<"), max_size=6)


@given(st.lists(st.one_of(ODD, st.text(max_size=8)), max_size=4))
def test_texts_found_clean_at_one_look_are_clean_one_by_one(texts: list[str]) -> None:
    if are_clean(texts):
        assert [tidied(text) for text in texts] == texts
        assert not any(map(forbidden_character, texts))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ('"Morel"', "Morel"),
        ("'jeanne@exemple.fr'", "jeanne@exemple.fr"),
        ("« Les Amis du Lavoir »", "Les Amis du Lavoir"),
        ("“‘Jeanne’”", "Jeanne"),
        ('Jeanne "Nana" Morel', 'Jeanne "Nana" Morel'),
        ('"Anne" et "Paul"', '"Anne" et "Paul"'),
        ("l’Église", "l’Église"),
        ('""', '""'),
    ],
)
def test_quotation_marks_around_a_whole_text_are_no_part_of_it(typed: str, kept: str) -> None:
    assert tidied(typed) == kept
    assert are_clean([typed]) <= (typed == kept)


@given(st.text(st.sampled_from("\"'«»“”‘’ a"), max_size=8))
def test_taking_quotation_marks_off_twice_is_as_once(text: str) -> None:
    once = tidied(text)
    assert tidied(once) == once


def test_ordinary_texts_are_found_clean() -> None:
    assert are_clean(["", "Morel", "12, rue de l’Église", "Saint-Étienne", ""])
    assert not are_clean(["Morel", " Jeanne"])
    assert not are_clean(["Jeanne "])


def test_accents_go_in_any_alphabet() -> None:
    assert unaccented("Éçà") == "Eca"
    assert unaccented("Μαΐου") == "Μαιου"


def test_what_is_heaped_on_a_letter_is_left_out_and_no_heap_takes_long() -> None:
    heap = "e" + "\u0301" * 200_000 + "\u0316" * 200_000 + "a"
    assert len(clean(heap)) <= 32
    assert clean(heap)[0] == "é"
    assert clean(heap)[-1] == "a"
    assert fold(heap) == "ea"
    assert not are_clean([heap])


@given(st.text(max_size=300))
def test_a_text_without_heaps_stays_as_it_is(text: str) -> None:
    assert without_heaps(text) == text or any(unicodedata.combining(sign) for sign in text)


LETTERS = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "’": "'"}


def folded_sign_by_sign(text: str) -> str:
    """What `fold` means, without its short cuts."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = [
        sign
        for sign in parts
        if not unicodedata.combining(sign) and not "\u0300" <= sign <= "\u036f"
    ]
    folded = "".join(LETTERS.get(sign, sign) for sign in "".join(bare).casefold())
    return " ".join(folded.split())


@given(st.one_of(st.text("éÉŒœßİıĳŀŉſ’ŁaZ \u0301\u00a0", max_size=12), st.text(max_size=12)))
@example("".join(map(chr, range(0x20, 0x250))))
def test_the_short_cuts_of_folding_change_nothing(text: str) -> None:
    assert fold(text) == folded_sign_by_sign(text)
