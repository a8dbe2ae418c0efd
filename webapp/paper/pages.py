"""What the pages of paper letters share: their blueprint, and the page of a deposit."""

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, abort, request, send_file
from flask_babel import gettext as _

from webapp.accounts.access import actor
from webapp.extensions import db
from webapp.letters.labels import BADGES, LABELS
from webapp.paper import queries
from webapp.paper.forms import REASONS, OutcomeForm, PostedForm, ScanForm
from webapp.paper.models import Deposit
from webapp.paper.number_form import NumberForm, number_form
from webapp.paper.printing import PDF
from webapp.web.pages import render

Problems = list[tuple[str, str]]
blueprint = Blueprint("paper", __name__)


@blueprint.app_context_processor
def say_paper() -> dict[str, Any]:
    """Let the navigation lead to the letters to post, and a letter's page to their deposits."""
    return {
        "posts_paper": lambda: queries.has_paper(db.session, actor()),
        "deposits_of": lambda addressees: queries.deposits_of(db.session, actor(), addressees),
    }


def deposit_page(
    shown: Deposit,
    problems: Problems | None = None,
    *,
    wrong_choice: str = "",
    numbers: NumberForm | None = None,
    posted_form: PostedForm | None = None,
    outcome_form: OutcomeForm | None = None,
    scan_form: ScanForm | None = None,
) -> Response:
    """Show a deposit and what is to do next with it.

    :param problems: beside those of the forms, the id of a place on the page and what is wrong.
    :param wrong_choice: what is wrong with the letters ticked.
    """
    numbers = numbers or number_form(shown, formdata=None)
    posted_form = posted_form or PostedForm(formdata=None)
    outcome_form = outcome_form or OutcomeForm(formdata=None)
    scan_form = scan_form or ScanForm(formdata=None)
    problems = list(problems or [])
    if wrong_choice:
        problems.append(("outcomes", wrong_choice))
    for form in (numbers, posted_form, outcome_form, scan_form):
        problems += form.problems()
    return render(
        "paper/deposit.html",
        status=422 if problems else 200,
        deposit=shown,
        items=queries.seen_items(db.session, actor(), shown),
        may_change=queries.may_change(db.session, actor(), shown),
        problems=problems,
        numbers=numbers,
        posted_form=posted_form,
        outcome_form=outcome_form,
        scan_form=scan_form,
        ticked=request.form.getlist("items"),
        wrong_choice=wrong_choice,
        reasons=REASONS,
        labels=LABELS,
        badges=BADGES,
    )


def nothing_goes() -> str:
    """Say why a deposit can neither be printed nor posted."""
    return str(_("Tous les courriers de ce dépôt sont annulés : il n’y a rien à poster."))


def pdf_file(content: bytes, name: str) -> Response:
    """Answer with a PDF to keep under this name."""
    return send_file(BytesIO(content), PDF, as_attachment=True, download_name=name)


def seen_deposit(number: str) -> Deposit:
    """Give a deposit that the account may see; the others are not there."""
    return queries.deposit_of(db.session, actor(), number) or abort(404)


def own_deposit(number: str) -> Deposit:
    """Give a deposit in which the account may write; the others are not there."""
    shown = seen_deposit(number)
    return shown if queries.may_change(db.session, actor(), shown) else abort(404)
