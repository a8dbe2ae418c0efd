"""What is to be posted: letters that wait, and deposits made, printed and taken apart."""

import secrets
from datetime import UTC, datetime

from flask import Response, abort, request, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, signed_in
from webapp.extensions import db
from webapp.paper import deposits, queries
from webapp.paper.forms import PrepareForm
from webapp.paper.models import Deposit
from webapp.paper.pages import (
    blueprint,
    deposit_page,
    nothing_goes,
    own_deposit,
    pdf_file,
    seen_deposit,
)
from webapp.paper.printing import MOST_PAGES, TooManyPages, Unprintable, letters_pdf, slip_pdf
from webapp.web.pages import announce, redirect, render
from webapp.web.paging import asked
from webapp.web.settings import current


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
    return deposit_page(seen_deposit(number))


@blueprint.get("/a-poster/<number>/lettres.pdf")
@signed_in
def letters(number: str) -> Response:
    """Give all letters of the deposit, ready to print on both sides."""
    shown, config = seen_deposit(number), current()
    window = queries.window_of(db.session, actor().organisation_id)
    seen = queries.seen_items(db.session, actor(), shown)
    addressees = [item.addressee for item in shown.going if item in seen]
    if not addressees:
        _require_kept(shown)
        return deposit_page(shown, [("empty", nothing_goes())])
    try:
        content = letters_pdf(addressees, window, config.files_directory)
    except Unprintable as file:
        explanation = _(
            "La pièce jointe « %(name)s » ne peut pas être imprimée : elle est protégée, abîmée, "
            "trop longue, ou n’est pas un PDF. Imprimez-la vous-même, ou envoyez un nouveau "
            "courrier sans elle.",
            name=file.name,
        )
        return deposit_page(shown, [("print", explanation)])
    except TooManyPages:
        explanation = _(
            "Les pièces jointes de ces lettres font ensemble plus de %(most)s pages : défaites ce "
            "dépôt, et préparez-en plusieurs plus petits.",
            most=MOST_PAGES,
        )
        return deposit_page(shown, [("print", explanation)])
    return pdf_file(content, f"lettres-{shown.number}.pdf")


@blueprint.get("/a-poster/<number>/bordereau.pdf")
@signed_in
def slip(number: str) -> Response:
    """Give the deposit slip, which names the recipients of all its letters."""
    shown = own_deposit(number)
    _require_kept(shown)
    return pdf_file(slip_pdf(shown), f"bordereau-{shown.number}.pdf")


def _require_kept(shown: Deposit) -> None:
    """Answer 410 where all the letters of a deposit that was posted were erased."""
    if shown.posted_on and not shown.going:
        abort(410)


@blueprint.route("/a-poster/<number>/defaire", methods=["GET", "POST"])
@signed_in
def take_apart(number: str) -> Response:
    """Ask whether to give the letters back to those that wait, then do so."""
    shown = own_deposit(number)
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
