"""One answer for many lines that have the same fault."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from webapp.imports.models import Import, ImportRow

pytestmark = pytest.mark.slow

StageLines = Callable[..., Import]
YES = [
    f"personne{number}@exemple.fr;Nom{number};;;{'oui' if number else 'OUI'}" for number in range(4)
]
WRONG = "sans-arobase;Petit;Jean;;particulier"


def outcomes(session: scoped_session[Any]) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(ImportRow.outcome).order_by(ImportRow.number)))


def test_a_fault_of_several_lines_is_shown_once_with_how_many_have_it(
    visitor: Any, stage_lines: StageLines
) -> None:
    page = visitor.get(f"/imports/{stage_lines(*YES, WRONG).id}").text
    assert "La même erreur sur plusieurs lignes" in page
    card = page.split("recurring-title")[2].split("</section>")[0]
    assert "Statut\u00a0: «\u00a0oui\u00a0»" in card or "«\u00a0OUI\u00a0»" in card
    assert "4 lignes" in card
    assert "Ce statut n’est pas connu" in card
    assert "sans-arobase" not in card, "one line has it alone"


def test_one_answer_changes_all_lines_that_say_the_same_and_finds_their_doubles(
    visitor: Any, stage_lines: StageLines, session: scoped_session[Any]
) -> None:
    import_ = stage_lines(*YES, YES[0], WRONG)
    answer = visitor.post(
        f"/imports/{import_.id}/corriger", field="status", said="oui", text="particulier"
    )
    assert answer.status_code == 303
    assert outcomes(session) == ["ready"] * 4 + ["duplicate", "error"]
    page = visitor.get(answer.location).text
    assert "5 lignes ont été changées." in page
    assert "La même erreur" not in page


def test_lines_that_say_nothing_are_answered_too(
    visitor: Any, stage_lines: StageLines, session: scoped_session[Any]
) -> None:
    import_ = stage_lines("a@exemple.fr;Un;;;", "b@exemple.fr;Deux;;;", *YES)
    place = f"/imports/{import_.id}"
    assert "Statut\u00a0: vide" in visitor.get(place).text
    visitor.post(f"{place}/corriger", field="status", said="", text="professionnel")
    assert outcomes(session) == ["ready"] * 2 + ["error"] * 4


def test_an_answer_that_is_wrong_too_is_told_on_each_line(
    visitor: Any, stage_lines: StageLines, session: scoped_session[Any]
) -> None:
    place = f"/imports/{stage_lines(*YES).id}"
    visitor.post(f"{place}/corriger", field="status", said="oui", text="peut-être")
    assert outcomes(session) == ["error"] * 4
    assert "«\u00a0peut-être\u00a0»" in visitor.get(place).text


def test_without_an_answer_or_after_the_import_nothing_changes(
    visitor: Any, stage_lines: StageLines, session: scoped_session[Any]
) -> None:
    import_ = stage_lines(*YES, "z@exemple.fr;Zed;;;particulier")
    place = f"/imports/{import_.id}"
    empty = visitor.post(f"{place}/corriger", field="status", said="oui", text=" ")
    assert "Écrivez d’abord" in visitor.get(empty.location).text
    visitor.post(f"{place}/importer")
    late = visitor.post(f"{place}/corriger", field="status", said="oui", text="particulier")
    assert "Cet import est déjà terminé" in visitor.get(late.location).text
    assert outcomes(session) == ["error"] * 4 + ["ready"]
    assert visitor.post(f"{place}/corriger", field="x", said="", text="y").status_code == 400


def test_lines_with_the_same_fault_are_left_out_together_and_taken_in_again(
    visitor: Any, stage_lines: StageLines, session: scoped_session[Any]
) -> None:
    nobody = [";;;;", ";;Total;;"]
    by_post = ";Un;Jean;;oui;3 rue X;;01000;Bourg"
    place = f"/imports/{stage_lines(*nobody, by_post, WRONG).id}"
    assert "Ignorer ces lignes" in visitor.get(place).text
    answer = visitor.post(f"{place}/ignorer", field="email", code="unreachable", said="")
    assert "2 lignes ont été changées." in visitor.get(answer.location).text
    assert outcomes(session) == ["ignored"] * 2 + ["error"] * 2, "only those that have this fault"
    visitor.post(f"{place}/defaire")
    assert outcomes(session) == ["error"] * 4


def test_no_one_text_is_asked_for_what_each_person_has_for_herself(
    visitor: Any, stage_lines: StageLines
) -> None:
    nameless = ["a@exemple.fr;;;;particulier", "b@exemple.fr;;;;particulier"]
    card = visitor.get(f"/imports/{stage_lines(*nameless).id}").text.split("recurring-title")[2]
    assert "Nom\u00a0: vide" in card
    assert "Changer partout" not in card.split("</section>")[0]


def test_cells_that_say_that_there_is_nothing_are_emptied(
    visitor: Any, stage_lines: StageLines, session: scoped_session[Any]
) -> None:
    people = [f"pas de mail;Nom{n};Jean;;particulier;3 rue X;;01000;Bourg" for n in range(3)]
    place = f"/imports/{stage_lines(*people).id}"
    assert "Vider ces cases" in visitor.get(place).text
    fields = {"field": "email", "said": "pas de mail", "text": "", "clear": "y"}
    visitor.post(f"{place}/corriger", **fields)
    assert outcomes(session) == ["ready"] * 3
