"""Headings are recognised whatever their order, case and accents."""

from webapp.sheets.columns import HEADER_DEPTH, Header, Names, recognise

ALIASES = {
    "name": ("Nom", "Last name"),
    "mail": ("E-mail", "Courriel"),
    "code": ("Code postal", "CP"),
}


def test_headings_are_found_in_any_order_case_accents_and_signs() -> None:
    rows = [["N°", "COURRIEL ", " c.p.", "Remarques", "nóm"]]
    assert recognise(rows, ALIASES) == Header(0, {1: "mail", 2: "code", 4: "name"})


def test_headings_are_found_under_a_title() -> None:
    rows = [["Liste des membres"], ["Nom", "e_mail"], ["Morel", "a@exemple.fr"]]
    assert recognise(rows, ALIASES) == Header(1, {0: "name", 1: "mail"})


def test_the_row_that_names_most_fields_is_the_heading() -> None:
    rows = [["Nom", "CP"], ["Nom", "E-mail", "CP"], ["Nom", "E-mail", "CP"]]
    found = recognise(rows, ALIASES)
    assert found is not None
    assert found.position == 1


def test_of_two_columns_for_one_field_the_first_counts() -> None:
    found = recognise([["Nom", "Last name", "CP"]], ALIASES)
    assert found == Header(0, {0: "name", 2: "code"})


def test_one_known_word_is_not_enough() -> None:
    assert recognise([["Nom"], ["Morel", "a@exemple.fr"]], ALIASES) is None


def test_headings_are_not_looked_for_in_the_middle_of_a_list() -> None:
    rows = [["Morel"]] * HEADER_DEPTH + [["Nom", "CP"]]
    assert recognise(rows, ALIASES) is None


def names_of(*cells: str, chosen: dict[str, str] | None = None) -> dict[int, str]:
    return Names(FRENCH, chosen, ("du", "membre", "votre")).fields(cells)


FRENCH = {
    "email": ("E-mail", "Adresse e-mail"),
    "last_name": ("Nom",),
    "company": ("Raison sociale",),
    "address_1": ("Adresse", "Adresse 1", "Rue"),
    "address_2": ("Adresse 2",),
    "postal_code": ("Code postal",),
}


def test_a_misspelt_heading_is_recognised() -> None:
    assert names_of("Raison social", "Code postale") == {0: "company", 1: "postal_code"}


def test_a_known_heading_among_words_that_say_nothing_is_recognised() -> None:
    found = names_of("Votre e-mail", "Nom du membre", "Adresse e-mail du membre")
    assert found == {0: "email", 1: "last_name"}


def test_a_known_word_among_others_is_no_guess() -> None:
    assert names_of("Nom de la rue", "E-mail du conjoint", "Adresse 3", "Nim") == {}


def test_a_likeness_never_takes_what_a_column_is_for_certain() -> None:
    assert names_of("Votre nom", "Nom", "Adresses", "Rue") == {1: "last_name", 3: "address_1"}


def test_what_is_like_two_fields_is_no_guess() -> None:
    assert names_of("Adresse1", "Adresse2", "Adressse") == {0: "address_1", 1: "address_2"}


def test_what_was_chosen_counts_before_what_is_known() -> None:
    assert names_of("Nom", "Adhérent", chosen={"adherent": "last_name"}) == {1: "last_name"}
    assert names_of("Nom", "Rue", chosen={"rue": ""}) == {0: "last_name"}


def test_headings_that_are_only_like_ours_are_found_but_no_persons_row() -> None:
    header = recognise([["Votre e-mail", "Nom du membre", "Code postale"], ["x"]], FRENCHLY)
    assert header == Header(0, {0: "email", 1: "last_name", 2: "postal_code"})
    assert recognise([["Votre e-mail", "Nom du membre", "1 rue"]], FRENCHLY) is None


FRENCHLY = Names(FRENCH, None, ("du", "membre", "votre"))
