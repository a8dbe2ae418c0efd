"""What a spreadsheet made of a text is never kept as if somebody had typed it."""

import pytest

from webapp.contacts.rules import check

JEANNE = {
    "email": "jeanne@exemple.fr",
    "last_name": "Morel",
    "first_name": "Jeanne",
    "status": "particulier",
    "address_1": "3 place X",
    "postal_code": "69001",
    "city": "Lyon",
}


def found(**texts: str) -> list[tuple[str, str, str]]:
    return [finding[:3] for finding in check(JEANNE | texts).findings]


@pytest.mark.parametrize("field", sorted(JEANNE))
@pytest.mark.parametrize("word", ["#N/A", "#REF!", "#VALEUR !", "#nom?", "Err :502", "#DIV/0!"])
def test_a_spreadsheet_s_error_is_never_taken_for_a_text(field: str, word: str) -> None:
    assert found(**{field: word}) == [(field, "spreadsheet_error", "error")]
    assert check(JEANNE | {field: word}).recipient is None


def test_the_error_s_word_is_said() -> None:
    (finding,) = check(JEANNE | {"city": "#N/A"}).findings
    assert finding.message == (
        "Cette case contient une erreur du tableur (#N/A)\xa0: tapez la valeur à la place."
    )


def test_a_formula_without_its_value_is_an_error_of_its_own() -> None:
    assert found(last_name="#FORMULE?") == [("last_name", "formula_without_value", "error")]


@pytest.mark.parametrize("text", ["2026-01-31", "2026-01-31 14:05:00", "14:05:00"])
def test_a_date_in_an_address_is_told(text: str) -> None:
    assert found(address_2=text) == [("address_2", "cell_is_date", "warning")]
    assert text in check(JEANNE | {"address_2": text}).findings[0].message


def test_true_or_false_in_a_name_is_told() -> None:
    assert found(company="vrai") == [("company", "cell_is_truth", "warning")]
    assert found(last_name="faux") == [("last_name", "cell_is_truth", "warning")]
    assert found(last_name="Faux") == []


@pytest.mark.parametrize(
    "text", ["#12", "Bâtiment #B", "12:30", "Le Faux Pas", "Résidence 2026-01", "#", "Error"]
)
def test_a_text_that_only_looks_a_little_like_it_passes(text: str) -> None:
    assert found(address_2=text) == []
