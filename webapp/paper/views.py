"""Paper letters: what is to be posted, the deposits, and what the post says of each letter."""

import secrets
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, abort, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import actor, signed_in
from webapp.extensions import db
from webapp.letters.labels import BADGES, LABELS
from webapp.paper import deposits, queries
from webapp.paper.documents import NotAScan, keep_document
from webapp.paper.forms import (
    DELIVERED,
    REASONS,
    OutcomeForm,
    PostedForm,
    PrepareForm,
    ScanForm,
    WindowForm,
)
from webapp.paper.item_numbers import Uncountable
from webapp.paper.models import Deposit
from webapp.paper.number_form import NumberForm, number_form, typed
from webapp.paper.printing import PDF, Unprintable, Window, letters_pdf, slip_pdf, window_trial_pdf
from webapp.storage import load
from webapp.web.pages import announce, redirect, render
from webapp.web.paging import asked
from webapp.web.settings import current

blueprint = Blueprint("paper", __name__)


@blueprint.app_context_processor
def say_paper() -> dict[str, Any]:
    """Let the navigation lead to the letters to post, and a letter's page to their deposits."""
    return {
        "posts_paper": lambda: queries.has_paper(db.session, actor()),
        "deposits_of": lambda addressees: queries.deposits_of(db.session, actor(), addressees),
    }


Problems = list[tuple[str, str]]


@blueprint.get("/a-poster")
@signed_in
def to_post() -> Response:
    """List the letters to print and post, and the deposits, the latest first."""
    return _to_post(PrepareForm(formdata=None, key=secrets.token_urlsafe(24)))


@blueprint.post("/a-poster")
@signed_in
def prepare() -> Response:
    """Put letters together for the post, once however often the button is pressed."""
    form = PrepareForm()
    if not form.validate():
        return _to_post(form)
    try:
        deposit = deposits.prepare(
            db.session,
            actor(),
            request.form.getlist("numbers"),
            form.level.data,
            form.reference.data or "",
            form.key.data or "",
            datetime.now(UTC),
        )
    except deposits.NothingToPost:
        db.session.rollback()
        return _to_post(form, wrong_choice=_("Cochez au moins un courrier qui attend encore."))
    except deposits.TrialsMixed:
        db.session.rollback()
        mixed = _(
            "Les essais ne vont pas à la poste : cochez seulement de vrais courriers, ou seulement "
            "des essais."
        )
        return _to_post(form, wrong_choice=mixed)
    db.session.commit()
    return redirect(url_for(".deposit", number=deposit.number))


@blueprint.get("/a-poster/<number>")
@signed_in
def deposit(number: str) -> Response:
    """Show a deposit and what is to do next with it."""
    return _page(_deposit(number))


@blueprint.get("/a-poster/<number>/lettres.pdf")
@signed_in
def letters(number: str) -> Response:
    """Give all letters of the deposit, ready to print on both sides."""
    shown, config = _deposit(number), current()
    window = queries.window_of(db.session, actor().organisation_id)
    seen = queries.seen_items(db.session, actor(), shown)
    addressees = [item.addressee for item in shown.going if item in seen]
    if not addressees:
        return _page(shown, [("empty", _nothing_goes())])
    try:
        content = letters_pdf(addressees, window, config.files_directory)
    except Unprintable as file:
        explanation = _(
            "La pièce jointe « %(name)s » ne peut pas être imprimée : elle est protégée, abîmée, "
            "ou n’est pas un PDF. Imprimez-la vous-même, ou envoyez un nouveau courrier sans elle.",
            name=file.name,
        )
        return _page(shown, [("print", explanation)])
    return _file(content, f"lettres-{shown.number}.pdf")


@blueprint.get("/a-poster/<number>/bordereau.pdf")
@signed_in
def slip(number: str) -> Response:
    """Give the deposit slip."""
    shown = _deposit(number)
    return _file(slip_pdf(shown), f"bordereau-{shown.number}.pdf")


@blueprint.post("/a-poster/<number>/numeros")
@signed_in
def give_numbers(number: str) -> Response:
    """Write down the post's numbers."""
    shown = _own(number)
    form = number_form(shown)
    if not form.validate():
        return _page(shown, numbers=form)
    try:
        deposits.number_items(db.session, shown, typed(form, shown), form.first.data or "")
    except Uncountable:
        form.first.errors = [_uncountable()]
        return _page(shown, numbers=form)
    except deposits.NumberTaken as taken:
        db.session.rollback()
        form.refuse({at: _taken(number) for at, number in taken.numbers.items()})
        return _page(_own(number), numbers=form)
    except deposits.TooLate:
        return _posted_already(number)
    db.session.commit()
    announce(_("Les numéros sont enregistrés."))
    return redirect(url_for(".deposit", number=number))


@blueprint.post("/a-poster/<number>/poste")
@signed_in
def mark_posted(number: str) -> Response:
    """Write down that the post took the deposit."""
    shown, form = _own(number), PostedForm()
    if not form.validate() or form.posted_on.data is None:
        return _page(shown, posted_form=form)
    now = datetime.now(UTC)
    try:
        deposits.post(db.session, shown, form.posted_on.data, form.price_cents, now)
    except deposits.NothingToPost:
        db.session.rollback()
        return _page(_own(number), [("empty", _nothing_goes())], posted_form=form)
    except deposits.NumberMissing as missing:
        db.session.rollback()
        shown, text = (
            _own(number),
            _("Donnez d’abord à cette lettre le numéro de son étiquette."),
        )
        numbers = number_form(shown, formdata=None)
        numbers.refuse(dict.fromkeys(missing.positions, text))
        return _page(shown, numbers=numbers, posted_form=form)
    except deposits.DayImpossible:
        db.session.rollback()
        form.posted_on.errors = [
            _("Ce jour est à venir, ou d’avant le dépôt du courrier dans Plirec.")
        ]
        return _page(_own(number), posted_form=form)
    except deposits.TooLate:
        return _posted_already(number)
    db.session.commit()
    announce(_("Le dépôt est noté. Gardez le bordereau tamponné, ou mieux, joignez-le ici."))
    return redirect(url_for(".deposit", number=number))


@blueprint.post("/a-poster/<number>/suites")
@signed_in
def note_outcome(number: str) -> Response:
    """Write down what the post says of the letters that are ticked."""
    shown, form = _own(number), OutcomeForm()
    chosen = [item for item in shown.items if str(item.position) in request.form.getlist("items")]
    chosen = [item for item in chosen if item.outcome_on is None and shown.posted_on]
    if not form.validate() or form.on.data is None:
        return _page(shown, outcome_form=form)
    if not chosen:
        nobody = _("Cochez au moins une lettre dont la suite n’est pas encore notée.")
        return _page(shown, wrong_choice=nobody, outcome_form=form)
    write = deposits.deliver if form.outcome.data == DELIVERED else deposits.bring_back
    try:
        for item in chosen:
            write(db.session, item, form.on.data, form.note.data or "", datetime.now(UTC))
    except deposits.DayImpossible:
        db.session.rollback()
        form.on.errors = [_("Ce jour est à venir, ou d’avant le dépôt à la poste.")]
        return _page(_own(number), outcome_form=form)
    db.session.commit()
    announce(ngettext("%(num)d lettre notée.", "%(num)d lettres notées.", len(chosen)))
    return redirect(url_for(".deposit", number=number))


@blueprint.post("/a-poster/<number>/documents")
@signed_in
def keep_scan(number: str) -> Response:
    """Keep a scanned slip or receipt."""
    shown, form, file = _own(number), ScanForm(), request.files.get("scan")
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
        return _page(shown, scan_form=form)
    db.session.commit()
    announce(_("Le document est gardé avec le dépôt."))
    return redirect(url_for(".deposit", number=number))


@blueprint.get("/a-poster/<number>/documents/<int:document_id>")
@signed_in
def document(number: str, document_id: int) -> Response:
    """Give a scanned paper."""
    shown = queries.document_of(db.session, _deposit(number), document_id) or abort(404)
    content = BytesIO(load(current().files_directory, shown.digest))
    return send_file(content, shown.media_type, as_attachment=True, download_name=shown.name)


@blueprint.route("/a-poster/<number>/defaire", methods=["GET", "POST"])
@signed_in
def take_apart(number: str) -> Response:
    """Ask whether to give the letters back to those that wait, then do so."""
    shown = _own(number)
    if request.method == "GET":
        return render("paper/take_apart.html", deposit=shown)
    try:
        deposits.take_apart(db.session, shown)
    except deposits.TooLate:
        kept = _("Ce dépôt est déjà posté, ou garde un document : il reste comme il est.")
        announce(kept, "warning")
        return redirect(url_for(".deposit", number=number))
    db.session.commit()
    announce(_("Le dépôt est défait : ses courriers attendent de nouveau."))
    return redirect(url_for(".to_post"))


@blueprint.route("/a-poster/fenetre", methods=["GET", "POST"])
@signed_in
def window() -> Response:
    """Ask where the window of the envelopes is."""
    kept = queries.window_of(db.session, actor().organisation_id)
    form = WindowForm(top=kept.top, left=kept.left)
    if not form.validate_on_submit():
        return render("paper/window.html", status=422 if form.errors else 200, form=form)
    chosen = Window(form.top.data or kept.top, form.left.data or kept.left)
    queries.keep_window(db.session, actor().organisation_id, chosen)
    db.session.commit()
    announce(_("La place de la fenêtre est enregistrée."))
    return redirect(url_for(".window"))


@blueprint.get("/a-poster/fenetre.pdf")
@signed_in
def window_trial() -> Response:
    """Give a sheet to hold into an envelope."""
    kept = queries.window_of(db.session, actor().organisation_id)
    return _file(window_trial_pdf(kept), "fenetre.pdf")


def _to_post(form: PrepareForm, wrong_choice: str = "") -> Response:
    waiting = queries.to_post(db.session, actor())
    problems = [*([("letters", wrong_choice)] if wrong_choice else []), *form.problems()]
    chosen = [one.number for one in deposits.at_first_chosen(waiting)]
    return render(
        "paper/to_post.html",
        status=422 if problems else 200,
        form=form,
        waiting=waiting,
        ticked=request.form.getlist("numbers") if problems else chosen,
        wrong_choice=wrong_choice,
        page=queries.deposits_page(db.session, actor(), asked(request.args)),
        problems=problems,
    )


def _page(
    shown: Deposit,
    problems: Problems | None = None,
    *,
    wrong_choice: str = "",
    numbers: NumberForm | None = None,
    posted_form: PostedForm | None = None,
    outcome_form: OutcomeForm | None = None,
    scan_form: ScanForm | None = None,
) -> Response:
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
        may_change=queries.may_change(actor(), shown),
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


def _nothing_goes() -> str:
    return str(_("Tous les courriers de ce dépôt sont annulés : il n’y a rien à poster."))


def _file(content: bytes, name: str) -> Response:
    return send_file(BytesIO(content), PDF, as_attachment=True, download_name=name)


def _deposit(number: str) -> Deposit:
    return queries.deposit_of(db.session, actor(), number) or abort(404)


def _own(number: str) -> Deposit:
    shown = _deposit(number)
    return shown if queries.may_change(actor(), shown) else abort(404)
