"""The pages on which a person chooses what lines do, gets the rest back, and undoes an import."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from tests.imports.test_comparison import JEAN, LEA, NEW, StageLines, bring, effects, member
from webapp.contacts.models import Contact, Group
from webapp.imports.checking import check_file
from webapp.sheets.limits import Limits

pytestmark = pytest.mark.slow

WRONG = "sans-arobase;Noir;Zoé;;particulier;;;;;"


def test_a_changed_contact_is_shown_old_to_new_with_what_may_be_chosen(
    session: scoped_session[Any], visitor: Any, stage_lines: StageLines, group: Group
) -> None:
    member(session, group, JEAN)
    import_ = stage_lines(JEAN.replace("3 rue", "9 rue"))
    page = visitor.get(f"/imports/{import_.id}?voir=modifies").text
    assert "<del>3 rue des Lilas</del>" in page
    assert "<ins>9 rue des Lilas</ins>" in page
    assert "0 nouveau, 1 modifié, 0 inchangé" in page
    for word, pressed in (("update", "true"), ("skip", "false"), ("both", "false")):
        assert f'value="{word}" aria-pressed="{pressed}"' in page


@pytest.mark.parametrize("htmx", [True, False])
def test_the_choice_of_one_line_holds(
    session: scoped_session[Any],
    visitor: Any,
    stage_lines: StageLines,
    group: Group,
    htmx: bool,
) -> None:
    member(session, group, JEAN)
    import_ = stage_lines(JEAN.replace("3 rue", "9 rue"), LEA)
    place = f"/imports/{import_.id}"
    answer = visitor.post(f"{place}/lignes/2/choix", choice="skip", htmx=htmx)
    assert answer.status_code == (200 if htmx else 303)
    assert effects(session, import_) == ["kept", "create"]
    page = answer.text if htmx else visitor.get(place).text
    assert 'value="skip" aria-pressed="true"' in page
    assert visitor.post(f"{place}/lignes/2/choix", choice="n’importe").status_code == 400


def test_one_choice_serves_all_changed_lines(
    session: scoped_session[Any], visitor: Any, stage_lines: StageLines, group: Group
) -> None:
    member(session, group, JEAN)
    member(session, group, LEA)
    import_ = stage_lines(JEAN.replace("3 rue", "9 rue"), LEA.replace("Léa;", "Lea;"), NEW)
    place = f"/imports/{import_.id}"
    visitor.post(f"{place}/choix", choice="skip")
    assert effects(session, import_) == ["kept", "kept", "create"]
    assert "2 lignes ont été changées." in visitor.get(place).text
    visitor.post(f"{place}/choix", choice="update")
    assert effects(session, import_) == ["update", "update", "create"]


def test_who_is_absent_is_listed_and_leaves_only_when_asked(
    session: scoped_session[Any], visitor: Any, stage_lines: StageLines, group: Group
) -> None:
    member(session, group, JEAN)
    import_ = stage_lines(LEA)
    place = f"/imports/{import_.id}"
    assert "1 absent du fichier" in visitor.get(place).text
    page = visitor.get(f"{place}?voir=absents").text
    assert "Jean Petit" in page
    assert "Léa Roux" not in page
    answer = visitor.post(f"{place}/absents", leave="y")
    assert "les contacts absents du fichier quitteront" in visitor.get(answer.location).text
    assert "Il quittera le groupe à l’import." in visitor.get(place).text
    answer = visitor.post(f"{place}/importer")
    assert "1 contact absent du fichier a quitté le groupe." in visitor.get(answer.location).text
    assert session.scalars(select(Contact.last_name)).all() == ["Roux"]


def test_who_is_absent_may_stay_after_all(
    session: scoped_session[Any], visitor: Any, stage_lines: StageLines, group: Group
) -> None:
    member(session, group, JEAN)
    place = f"/imports/{stage_lines(LEA).id}"
    visitor.post(f"{place}/absents", leave="y")
    visitor.get(place)
    visitor.post(f"{place}/absents", leave="n")
    assert "resteront dans le groupe" in visitor.get(place).text


def test_a_text_that_no_cell_holds_is_told(visitor: Any, stage_lines: StageLines) -> None:
    place = f"/imports/{stage_lines(JEAN).id}"
    visitor.post(f"{place}/remplacer", field="city", said="Atlantide", text="Lyon")
    page = visitor.get(place).text
    assert "aucune case ne dit «\u00a0Atlantide\u00a0»" in page
    assert "notice-warning" in page


def test_a_column_is_searched_and_a_correction_taken_back(
    session: scoped_session[Any], visitor: Any, stage_lines: StageLines
) -> None:
    import_ = stage_lines(JEAN, LEA)
    place = f"/imports/{import_.id}"
    visitor.post(f"{place}/remplacer", field="city", said="bourg", text="Lyon")
    page = visitor.get(place).text
    assert "1 ligne a été changée." in page
    assert "Lyon" in page
    answer = visitor.post(f"{place}/defaire")
    assert answer.location.endswith("#row-2")
    page = visitor.get(place).text
    assert "la correction est annulée" in page
    assert "Lyon" not in page
    visitor.post(f"{place}/defaire")
    assert "Il n’y a aucune correction à annuler." in visitor.get(place).text


def test_taking_back_is_offered_once_there_is_a_correction(
    visitor: Any, stage_lines: StageLines
) -> None:
    place = f"/imports/{stage_lines(JEAN, LEA, NEW).id}"
    offer = "Annuler la dernière correction"
    assert offer not in visitor.get(place).text
    assert offer in visitor.post(f"{place}/lignes/2/ignorer", htmx=True).text
    assert offer not in visitor.post(f"{place}/lignes/3/ignorer", htmx=True).text, "it is there"
    assert offer in visitor.get(place).text


def test_the_rest_comes_back_with_its_reasons_and_reads_in_again(
    session: scoped_session[Any], visitor: Any, stage_lines: StageLines, tmp_path: Path
) -> None:
    import_ = stage_lines(JEAN, WRONG, JEAN)
    bring(session, import_)
    import_.committed_at = datetime.now(UTC)
    session.commit()
    content = visitor.get(f"/imports/{import_.id}/reste.xlsx").data
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    assert [sheet.cell(row, 2).value for row in (2, 3)] == ["Noir", "Petit"]
    wrong = sheet["A2"]
    assert wrong.comment
    assert "n’est pas valable" in wrong.comment.text
    assert wrong.fill.fgColor.rgb == "00FDDEDB"
    assert "n’est pas valable" in sheet["K2"].value
    assert "déjà à la ligne 2" in sheet["K3"].value
    path = tmp_path / "reste.xlsx"
    path.write_bytes(content)
    report = check_file(path, Limits())
    assert [line.texts["email"] for line in report.lines] == ["sans-arobase", "jean@exemple.fr"]
    assert (report.rows, report.errors) == (2, 1)


def test_an_import_is_found_in_the_history_and_undone_from_its_page(
    session: scoped_session[Any], visitor: Any, stage_lines: StageLines
) -> None:
    import_ = stage_lines(JEAN, LEA)
    assert "pas terminé" in visitor.get("/imports").text
    place = f"/imports/{import_.id}"
    visitor.post(f"{place}/importer")
    assert "2 contacts importés." in visitor.get("/imports").text
    assert f"{place}/annuler" in visitor.get(place).text
    assert "2 contacts quitteront le groupe" in visitor.get(f"{place}/annuler").text
    visitor.post(f"{place}/annuler")
    assert session.scalars(select(Contact)).all() == []
    assert "annulé le" in visitor.get("/imports").text
    visitor.post(f"{place}/annuler")
    assert "ne peut pas être annulé" in visitor.get(place).text
