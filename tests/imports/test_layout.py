"""Which sheet of a file is the list, and which column tells who is a professional."""

from webapp.imports.checking import find_layout
from webapp.sheets.reader import Row, Sheet


def sheet(*lines: str) -> Sheet:
    rows = [Row(number, line.split(";")) for number, line in enumerate(lines, start=1)]
    return Sheet("", rows, False)


def test_a_sheet_of_instructions_that_comes_first_does_not_win() -> None:
    guide = sheet("Nom;E-mail", "À remplir;À remplir")
    listing = sheet("Nom;E-mail;Ville", "Petit;jean@exemple.fr;Bourg")
    assert find_layout([guide, listing]).sheet == 1


def test_of_sheets_with_the_same_headings_the_longest_wins() -> None:
    short, long = sheet("Nom;E-mail", "a;b"), sheet("Nom;E-mail", "a;b", "c;d")
    assert find_layout([short, long, short]).sheet == 1


def test_a_column_whose_cells_tell_the_status_is_taken_for_it() -> None:
    lines = ("Petit;a@exemple.fr;Particulier", "Roux;b@exemple.fr;pro", "Noir;c@exemple.fr;")
    assert find_layout([sheet("Nom;E-mail;Type", *lines)]).fields[2] == "status"


def test_a_column_with_such_a_heading_that_tells_something_else_is_not() -> None:
    lines = ("Petit;a@exemple.fr;actif", "Roux;b@exemple.fr;pro")
    assert 2 not in find_layout([sheet("Nom;E-mail;Type", *lines)]).fields


def test_a_county_is_no_country() -> None:
    assert find_layout([sheet("Name;E-mail;County", "a;b;Kent")]).fields == {
        0: "last_name",
        1: "email",
    }
