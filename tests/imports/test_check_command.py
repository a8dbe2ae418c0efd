"""`plirec contacts check`, as a person and as a program meet it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.imports.commands import contacts

HEADINGS = "E-mail;Nom;Prénom;Raison sociale;Statut;Adresse;Complément;Code postal;Ville;Pays"
JEANNE = "jeanne@exemple.fr;Morel;Jeanne;;particulier"
WRONG = "sans-arobase;Petit;Karim;Boulangerie;pro"


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    return tmp_path / "liste.csv"


def check(path: Path, *lines: str, json_wanted: bool = False) -> Result:
    if lines:
        path.write_text("\n".join(lines), encoding="utf-8")
    options = ["--json"] if json_wanted else []
    return CliRunner().invoke(contacts, ["check", *options, str(path)])


def test_a_list_in_order_ends_well_and_is_summed_up(listing: Path) -> None:
    result = check(listing, HEADINGS, JEANNE)
    assert result.exit_code == 0
    assert result.stdout == "1 ligne\xa0: 1 prête, 0 à corriger, 0 doublon, 0 ignorée.\n"


def test_a_list_with_errors_names_each_line_and_column(listing: Path) -> None:
    result = check(listing, HEADINGS, JEANNE, WRONG, JEANNE)
    assert result.exit_code == 1
    summary, *problems = result.stdout.splitlines()
    assert summary == "3 lignes\xa0: 1 prête, 1 à corriger, 1 doublon, 0 ignorée."
    assert problems[0].startswith("ligne 3, e-mail\xa0: ")
    assert problems[1].startswith("ligne 4, e-mail\xa0: Cette personne est déjà à la ligne 2")


def test_a_list_with_warnings_only_ends_well(listing: Path) -> None:
    result = check(listing, HEADINGS, "jeanne@gmial.com;Morel;Jeanne;;particulier")
    assert result.exit_code == 0
    assert "jeanne@gmail.com" in result.stdout


def test_json_is_one_object_whose_counts_add_up(listing: Path) -> None:
    result = check(listing, HEADINGS, JEANNE, WRONG, JEANNE, json_wanted=True)
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    problems = found.pop("problems")
    assert found.pop("notes") == []
    assert found == {"rows": 3, "ready": 1, "errors": 1, "duplicates": 1, "ignored": 0}
    assert list(problems[0]) == ["row", "field", "code", "severity", "message", "value"]
    assert problems[0] | {"message": ""} == {
        "row": 3,
        "field": "email",
        "code": "email_invalid",
        "severity": "error",
        "message": "",
        "value": "sans-arobase",
    }
    assert "déjà" in result.stdout


@pytest.mark.parametrize("json_wanted", [False, True])
@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", HEADINGS.encode(), None])
def test_what_cannot_be_read_ends_with_one_line_on_standard_error(
    content: bytes | None, json_wanted: bool, listing: Path
) -> None:
    if content is not None:
        listing.write_bytes(content)
    result = check(listing, json_wanted=json_wanted)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.strip()


def test_checking_loads_neither_the_web_nor_the_database(listing: Path) -> None:
    listing.write_text(f"{HEADINGS}\n{JEANNE}\n", encoding="utf-8")
    program = (
        "import sys\n"
        "from webapp.imports.commands import contacts\n"
        "contacts(sys.argv[1:], standalone_mode=False)\n"
        "heavy = {'flask', 'sqlalchemy', 'openpyxl', 'email_validator', 'flask_babel'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program, "check", str(listing)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
