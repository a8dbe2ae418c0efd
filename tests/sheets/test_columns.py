"""Headings are recognised whatever their order, case and accents."""

from webapp.sheets.columns import HEADER_DEPTH, Header, recognise

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
