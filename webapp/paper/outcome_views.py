"""What the post gives: its numbers, its stamp, its papers, and what it says of each letter."""

from datetime import UTC, datetime
from io import BytesIO

from flask import Response, abort, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import actor, signed_in
from webapp.extensions import db
from webapp.letters.steps import State
from webapp.paper import deposits, outcomes, queries
from webapp.paper.documents import NotAScan, keep_document
from webapp.paper.forms import OutcomeForm, PostedForm, ScanForm
from webapp.paper.item_numbers import Uncountable
from webapp.paper.number_form import number_form, typed
from webapp.paper.pages import blueprint, deposit_page, nothing_goes, own_deposit
from webapp.storage import load
from webapp.web.pages import announce, redirect
from webapp.web.settings import current


@blueprint.post("/a-poster/<number>/numeros")
@signed_in
def give_numbers(number: str) -> Response:
    """Write down the post's numbers."""
    shown = own_deposit(number)
    form = number_form(shown)
    if not form.validate():
        return deposit_page(shown, numbers=form)
    try:
        deposits.number_items(db.session, shown, typed(form, shown), form.first.data or "")
    except Uncountable:
        form.first.errors = [_uncountable()]
        return deposit_page(shown, numbers=form)
    except deposits.NumberTaken as taken:
        db.session.rollback()
        form.refuse({at: _taken(number) for at, number in taken.numbers.items()})
        return deposit_page(own_deposit(number), numbers=form)
    except deposits.TooLate:
        return _posted_already(number)
    db.session.commit()
    announce(_("Les numéros sont enregistrés."))
    return redirect(url_for(".deposit", number=number))


@blueprint.post("/a-poster/<number>/poste")
@signed_in
def mark_posted(number: str) -> Response:
    """Write down that the post took the deposit."""
    shown, form = own_deposit(number), PostedForm()
    if not form.validate() or form.posted_on.data is None:
        return deposit_page(shown, posted_form=form)
    now = datetime.now(UTC)
    try:
        deposits.post(db.session, shown, form.posted_on.data, form.price_cents, now)
    except deposits.NothingToPost:
        db.session.rollback()
        return deposit_page(own_deposit(number), [("empty", nothing_goes())], posted_form=form)
    except deposits.NumberMissing as missing:
        db.session.rollback()
        shown = own_deposit(number)
        text = _("Donnez d’abord à cette lettre le numéro de son étiquette.")
        numbers = number_form(shown, formdata=None)
        numbers.refuse(dict.fromkeys(missing.positions, text))
        return deposit_page(shown, numbers=numbers, posted_form=form)
    except deposits.DayImpossible:
        db.session.rollback()
        form.posted_on.errors = [
            _("Ce jour est à venir, ou d’avant le dépôt du courrier dans Plirec.")
        ]
        return deposit_page(own_deposit(number), posted_form=form)
    except deposits.TooLate:
        return _posted_already(number)
    db.session.commit()
    announce(_("Le dépôt est noté. Gardez le bordereau tamponné, ou mieux, joignez-le ici."))
    return redirect(url_for(".deposit", number=number))


@blueprint.post("/a-poster/<number>/suites")
@signed_in
def note_outcome(number: str) -> Response:
    """Write down what the post says of the letters that are ticked."""
    shown, form = own_deposit(number), OutcomeForm()
    if not form.validate() or form.on.data is None:
        return deposit_page(shown, outcome_form=form)
    ticked = request.form.getlist("items")
    positions = [item.position for item in shown.items if str(item.position) in ticked]
    what = State(form.outcome.data), form.on.data, form.note.data or ""
    try:
        noted = outcomes.note(db.session, shown, positions, *what, datetime.now(UTC))
    except outcomes.NothingToNote:
        nobody = _("Cochez au moins une lettre dont la suite n’est pas encore notée.")
        return deposit_page(shown, wrong_choice=nobody, outcome_form=form)
    except deposits.DayImpossible:
        db.session.rollback()
        form.on.errors = [_("Ce jour est à venir, ou d’avant le dépôt à la poste.")]
        return deposit_page(own_deposit(number), outcome_form=form)
    db.session.commit()
    announce(ngettext("%(num)d lettre notée.", "%(num)d lettres notées.", noted))
    return redirect(url_for(".deposit", number=number))


@blueprint.post("/a-poster/<number>/documents")
@signed_in
def keep_scan(number: str) -> Response:
    """Keep a scanned slip or receipt."""
    shown, form, file = own_deposit(number), ScanForm(), request.files.get("scan")
    content = file.read() if file else b""
    try:
        keep_document(
            db.session,
            shown,
            (file.filename if file else "") or "",
            content,
            current().files_directory,
            actor().id,
            datetime.now(UTC),
        )
    except NotAScan:
        form.scan.errors = [_("Choisissez un PDF ou une photo (JPEG, PNG) de 10 Mo au plus.")]
        return deposit_page(shown, scan_form=form)
    db.session.commit()
    announce(_("Le document est gardé avec le dépôt."))
    return redirect(url_for(".deposit", number=number))


@blueprint.get("/a-poster/<number>/documents/<int:document_id>")
@signed_in
def document(number: str, document_id: int) -> Response:
    """Give a scanned paper."""
    shown = queries.document_of(db.session, own_deposit(number), document_id) or abort(404)
    content = BytesIO(load(current().files_directory, shown.digest))
    return send_file(content, shown.media_type, as_attachment=True, download_name=shown.name)


def _uncountable() -> str:
    text = _(
        "Plirec ne sait compter que les numéros comme RK 123 456 785 FR, copiés sans faute. "
        "Écrivez le numéro de chaque étiquette."
    )
    return str(text)


def _taken(number: str) -> str:
    taken = _(
        "Le numéro %(number)s serait sur deux lettres : vérifiez les étiquettes.", number=number
    )
    return str(taken)


def _posted_already(number: str) -> Response:
    db.session.rollback()
    announce(_("Ce dépôt est déjà posté : il ne change plus."), "warning")
    return redirect(url_for(".deposit", number=number))
