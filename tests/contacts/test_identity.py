"""Who a recipient is, and how he is named."""

from hypothesis import given
from hypothesis import strategies as st

from webapp.contacts.recipient import derived
from webapp.contacts.rules import Recipient, check, fold, identity


def recipient(**texts: str) -> Recipient:
    result = check({"last_name": "Lefèvre", "status": "particulier", **texts})
    assert result.recipient is not None, result.findings
    return result.recipient


def sort_name(person: Recipient) -> str:
    return derived(person)["sort_name"]


def test_the_same_email_and_name_is_the_same_person_whatever_case_and_accents() -> None:
    one = recipient(email="Jo@exemple.fr", first_name="Noël")
    same = recipient(email="jo@EXEMPLE.fr", first_name="NOEL", last_name=" lefevre ", city="Lyon")
    assert identity(one) == identity(same)


def test_two_people_who_share_a_mailbox_stay_two() -> None:
    one = recipient(email="famille@exemple.fr", first_name="Noël")
    other = recipient(email="famille@exemple.fr", first_name="Jeanne")
    assert identity(one) != identity(other)


def test_without_an_email_the_address_tells_who_it_is() -> None:
    place = {"postal_code": "42000", "city": "Saint-Étienne"}
    one = recipient(address_1="12, rue de l’Église", **place)
    same = recipient(address_1="12 RUE DE L'EGLISE", country="France", **place)
    other = recipient(address_1="14 rue de l’Église", **place)
    assert identity(one) == identity(same)
    assert identity(one) != identity(other)


def test_who_it_is_always_fits_its_column() -> None:
    long_names = {"last_name": "É" * 120, "first_name": "œ" * 120}
    person = recipient(email="a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + ".fr", **long_names)
    assert len(identity(person)) <= 400
    assert identity(person) == identity(person)
    assert len(sort_name(person)) <= 260


def test_a_recipient_is_named_by_person_and_company() -> None:
    reach = {"email": "a@exemple.fr"}
    assert recipient(first_name="Léa", **reach).name == "Léa Lefèvre"
    assert recipient(first_name="Léa", company="Petit", **reach).name == "Léa Lefèvre (Petit)"
    assert recipient(last_name="", company="Petit", **reach).name == "Petit"


def test_lists_are_sorted_by_last_name_or_company() -> None:
    reach = {"email": "a@exemple.fr"}
    company = recipient(last_name="", company="Éditions Œuf", **reach)
    assert sort_name(recipient(first_name="Léa", **reach)) == "lefevre lea"
    assert sort_name(company) == "editions oeuf"


@given(st.text())
def test_folding_twice_is_as_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_leaves_out_case_accents_and_spaces() -> None:
    assert fold("  Assemblée\u00a0 GÉNÉRALE ") == "assemblee generale"
    assert fold("Straße") == fold("STRASSE")
