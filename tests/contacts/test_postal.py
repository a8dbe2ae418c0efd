"""Postal addresses: postcodes, countries, the lines of an envelope."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.contacts.postal import check_postal_code
from webapp.contacts.rules import Recipient, check


def recipient(**texts: str) -> Recipient:
    given = {"last_name": "Morel", "status": "particulier", "address_1": "12, rue de l’Église"}
    result = check({**given, "postal_code": "42000", "city": "Saint-Étienne", **texts})
    assert result.recipient is not None, result.findings
    return result.recipient


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("75 001", "75001"),
        ("F-75001", "75001"),
        ("20000", "20000"),
        ("97410", "97410"),
        ("98800", "98800"),
    ],
)
def test_a_french_postcode_is_kept_in_five_digits(typed: str, kept: str) -> None:
    assert check_postal_code(typed, "") == (kept, None)


@given(st.from_regex(r"[0-9]{5}", fullmatch=True), st.sampled_from(["", "France", "Monaco"]))
def test_a_space_inside_a_postcode_changes_no_answer(code: str, country: str) -> None:
    kept, finding = check_postal_code(code, country)
    spaced, again = check_postal_code(f"{code[:2]} {code[2:]}", country)
    assert finding == again
    assert finding or kept == spaced == code


def test_a_postcode_spoiled_by_excel_is_mended() -> None:
    kept, finding = check_postal_code("1000", "France")
    assert kept == "01000"
    assert finding is not None
    assert (finding.code, finding.severity) == ("postal_code_completed", "warning")
    assert "01000" in finding.message


@pytest.mark.parametrize("typed", ["00100", "96000", "97900", "99999", "7500", "ABCDE", "750011"])
def test_a_postcode_that_no_department_has_is_refused_unless_a_zero_was_lost(typed: str) -> None:
    kept, finding = check_postal_code(typed, "France")
    assert finding is not None
    if typed == "7500":
        assert kept == "07500"
    else:
        assert (kept, finding.code) == (typed, "postal_code_invalid")


def test_a_postcode_abroad_is_kept_as_it_is() -> None:
    assert check_postal_code("SW1A 1AA", "Royaume-Uni") == ("SW1A 1AA", None)


def test_monaco_is_a_country_with_french_postcodes() -> None:
    assert check_postal_code("98000", "Monaco") == ("98000", None)
    assert check_postal_code("75001", "Monaco")[1] is not None
    lines = recipient(postal_code="98000", city="Monaco", country="MONACO").postal_lines
    assert lines[-2:] == ("98000 MONACO", "MONACO")


@pytest.mark.parametrize("typed", ["france", "FRANCE", "F", "FR", " France "])
def test_france_is_written_one_way_and_not_printed(typed: str) -> None:
    person = recipient(country=typed)
    assert person.country == "France"
    assert person.postal_lines[-1] == "42000 SAINT ETIENNE"


def test_an_envelope_shows_company_person_complement_street_and_town() -> None:
    person = recipient(
        company="Boulangerie Petit", first_name="Jeanne", status="pro", address_2="Bâtiment B"
    )
    assert person.postal_lines == (
        "Boulangerie Petit",
        "Jeanne Morel",
        "Bâtiment B",
        "12 rue de l Église",
        "42000 SAINT ETIENNE",
    )


def test_an_envelope_for_abroad_keeps_that_country_s_signs() -> None:
    person = recipient(
        address_1="Unter den Linden 77, Hof 2",
        postal_code="10117",
        city="Köln",
        country="Allemagne",
    )
    assert person.postal_lines[1:] == ("Unter den Linden 77, Hof 2", "10117 KOLN", "ALLEMAGNE")


def test_a_list_shows_the_address_in_one_line_with_the_country_when_it_is_foreign() -> None:
    assert recipient(country="France").short_address == "12, rue de l’Église, 42000 Saint-Étienne"
    abroad = recipient(address_1="Hauptstr. 5", postal_code="", city="Köln", country="Allemagne")
    assert abroad.short_address == "Hauptstr. 5, Köln, Allemagne"


def test_a_person_without_a_complete_address_has_no_envelope() -> None:
    person = recipient(email="j@exemple.fr", city="")
    assert person.postal_lines == ()
    assert not person.has_postal_address
