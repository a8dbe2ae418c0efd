"""Texts as people type and paste them."""

from hypothesis import given
from hypothesis import strategies as st

from webapp.texts import are_clean, clean, forbidden_character, unaccented

ODD = st.text(st.sampled_from("aé|e\u0301 \u00a0\t\u200b\u202e\x07\u0338<"), max_size=6)


@given(st.lists(st.one_of(ODD, st.text(max_size=8)), max_size=4))
def test_texts_found_clean_at_one_look_are_clean_one_by_one(texts: list[str]) -> None:
    if are_clean(texts):
        assert [clean(text) for text in texts] == texts
        assert not any(map(forbidden_character, texts))


def test_ordinary_texts_are_found_clean() -> None:
    assert are_clean(["", "Morel", "12, rue de l’Église", "Saint-Étienne", ""])
    assert not are_clean(["Morel", " Jeanne"])
    assert not are_clean(["Jeanne "])


def test_accents_go_in_any_alphabet() -> None:
    assert unaccented("Éçà") == "Eca"
    assert unaccented("Μαΐου") == "Μαιου"
