"""The one set of rules that every recipient meets."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.contacts.messages import MESSAGES, describe
from webapp.contacts.postal import LINE_LENGTH
from webapp.contacts.rules import FIELDS, INDIVIDUAL, LENGTHS, PROFESSIONAL, Checked, check

PERSON = {"email": "jeanne@exemple.fr", "last_name": "Morel", "status": "particulier"}
ADDRESS = {"address_1": "12 rue des Tilleuls", "postal_code": "01000", "city": "Bourg"}

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
LIKELY = st.sampled_from(
    ["", "pro", "particulier", "a@b.fr", "75001", "1 000", "Paris", "FR", "Œ" * 37, "x" * 39, "ﷺ"]
)
TEXTS = st.dictionaries(st.sampled_from(FIELDS), st.one_of(LIKELY, ANY_TEXT))


def checked(**texts: str) -> Checked:
    return check({**PERSON, **texts})


def codes(result: Checked) -> list[tuple[str, str, str]]:
    return [(finding.field, finding.code, finding.severity) for finding in result.findings]


def value(result: Checked, field: str) -> str:
    assert result.recipient is not None
    return str(getattr(result.recipient, field))


@given(TEXTS)
def test_any_text_gets_an_answer_and_a_recipient_exactly_when_nothing_is_wrong(
    texts: dict[str, str],
) -> None:
    result = check(texts)
    is_wrong = any(finding.severity == "error" for finding in result.findings)
    assert (result.recipient is None) == is_wrong
    for finding in result.findings:
        assert finding.field in FIELDS
        assert finding.message
        assert "%" not in describe(finding, str)


@given(TEXTS)
def test_what_is_kept_is_clean_and_stays_the_same_when_checked_again(
    texts: dict[str, str],
) -> None:
    first = check(texts).recipient
    if first is None:
        return
    kept = {field: getattr(first, field) for field in FIELDS}
    assert check(kept).recipient == first
    for field, text in kept.items():
        assert len(text) <= LENGTHS[field]
        assert text == " ".join(text.split())
        text.encode()


@given(TEXTS)
@example({"postal_code": "1" * 17, "country": "Chine", "city": "Œ" * 121})
@example({"email": "Info@Exemple.FR", "postal_code": "1000", "country": "france"})
def test_the_quick_look_at_clean_texts_changes_no_answer(texts: dict[str, str]) -> None:
    spaced = {field: f"{text} " for field, text in texts.items()}
    slow = check(spaced)
    assert check(texts)[:2] == slow[:2]
    assert slow.tidied == len(spaced)


@given(TEXTS)
def test_every_printed_line_that_is_too_long_is_told(texts: dict[str, str]) -> None:
    result = check(texts)
    if result.recipient is None:
        return
    overrun = [line for line in result.recipient.postal_lines if len(line) > LINE_LENGTH]
    told = [finding for finding in result.findings if finding.code == "line_too_long"]
    assert len(told) == len(overrun)


def test_a_person_with_an_email_and_a_status_is_enough() -> None:
    assert codes(checked()) == []


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("professionnel", PROFESSIONAL),
        ("Professionnelle", PROFESSIONAL),
        (" PRO ", PROFESSIONAL),
        ("particulier", INDIVIDUAL),
        ("Particulière", INDIVIDUAL),
        ("Part.", INDIVIDUAL),
        ("individual", INDIVIDUAL),
        ("SARL", PROFESSIONAL),
        ("Société", PROFESSIONAL),
        ("Profession libérale", PROFESSIONAL),
        ("Personne physique", INDIVIDUAL),
    ],
)
def test_a_status_is_known_whatever_its_case_and_accents(word: str, status: str) -> None:
    assert value(checked(status=word, company="Boulangerie"), "status") == status


def test_a_status_must_be_given_and_known() -> None:
    assert codes(checked(status="")) == [("status", "status_missing", "error")]
    for word in ("oui", "association", "SCI", "mairie"):
        assert codes(checked(status=word)) == [("status", "status_unknown", "error")]


def test_a_recipient_needs_a_name_or_a_company() -> None:
    assert codes(checked(last_name="")) == [("last_name", "name_missing", "error")]
    assert codes(checked(last_name="", company="Mairie", status="pro")) == []


def test_a_status_that_does_not_fit_the_name_is_doubted() -> None:
    assert codes(checked(status="pro")) == [("company", "professional_without_company", "warning")]
    assert codes(checked(last_name="", company="Mairie")) == [
        ("last_name", "individual_without_name", "warning")
    ]


def test_a_recipient_must_be_reachable() -> None:
    assert codes(checked(email="")) == [("email", "unreachable", "error")]
    assert codes(checked(email="", country="France")) == [("email", "unreachable", "error")]
    assert codes(checked(email="", **ADDRESS)) == []


def test_an_incomplete_address_is_odd_beside_an_email_and_wrong_without() -> None:
    assert codes(checked(address_1="12 rue des Tilleuls")) == [
        ("postal_code", "postal_code_missing", "warning"),
        ("city", "city_missing", "warning"),
    ]
    assert codes(checked(email="", city="Bourg", postal_code="01000")) == [
        ("address_1", "street_missing", "error")
    ]


def test_an_address_abroad_needs_no_postcode() -> None:
    result = checked(email="", address_1="1 Main St", city="Dublin", country="Irlande")
    assert codes(result) == []
    assert result.recipient is not None
    assert result.recipient.has_postal_address


def test_odd_spaces_become_one_space_and_invisible_marks_go() -> None:
    result = checked(last_name="\ufeff Le\u00a0\u202f\tGall\n", first_name="Je\u0301ro\u200bme")
    assert value(result, "last_name") == "Le Gall"
    assert value(result, "first_name") == "Jérome"


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x7f", "\u202e", "\u2066", "\ud800"])
def test_a_control_or_direction_character_is_refused_with_its_name(character: str) -> None:
    (finding,) = checked(last_name=f"Mo{character}rel").findings
    assert (finding.field, finding.code) == ("last_name", "control_character")
    assert f"U+{ord(character):04X}" in finding.message


@pytest.mark.parametrize("field", sorted(set(FIELDS) - {"status", "email", "postal_code"}))
def test_a_text_longer_than_its_field_is_refused(field: str) -> None:
    result = checked(**{**ADDRESS, field: "x" * (LENGTHS[field] + 1)})
    assert (field, "too_long", "error") in codes(result)
    assert result.recipient is None


def test_a_long_line_is_told_and_kept_whole() -> None:
    street = "128 boulevard du Général Antoine Lefèvre-Desnouettes"
    result = checked(**{**ADDRESS, "address_1": street})
    assert codes(result) == [("address_1", "line_too_long", "warning")]
    assert value(result, "address_1") == street


def test_messages_can_be_translated() -> None:
    (finding,) = checked(status="").findings
    assert describe(finding, lambda text: text.upper()) == MESSAGES["status_missing"].upper()


@pytest.mark.parametrize("text", ["=1+1", "+33 quai", "-Jo", "@Home"])
def test_the_apostrophe_that_says_a_text_follows_is_no_part_of_it(text: str) -> None:
    for typed, kept in ((f"'{text}", text), (f"''{text}", text), ("'t Hooft", "'t Hooft")):
        assert value(checked(company=typed), "company") == kept
