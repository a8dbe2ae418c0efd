"""What failed is mended: another address and the notice again, or paper; the returned message."""

from datetime import UTC, datetime
from io import BytesIO

from flask import Response, abort, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import actor, signed_in
from webapp.contacts.rules import INDIVIDUAL
from webapp.delivery import corrections, returns
from webapp.delivery.asked import letter_asked
from webapp.delivery.corrections import NotCorrected
from webapp.delivery.leaving import announce_leaving
from webapp.delivery.mending_forms import CorrectionForm, PostalForm
from webapp.delivery.tasks import wake
from webapp.delivery.views import blueprint
from webapp.extensions import db
from webapp.letters import mending
from webapp.letters.downloads import ALONE
from webapp.letters.models import Addressee, Letter
from webapp.letters.queries import addressee_of
from webapp.letters.steps import IllegalStep, State
from webapp.storage import load
from webapp.web.pages import announce, redirect, render, wants_fragment
from webapp.web.paging import asked
from webapp.web.settings import current

TO_PAPER = (State.FAILED, State.SUBMITTED)


@blueprint.route("/courriers/<number>/corriger/<send>", methods=["GET", "POST"])
@signed_in
def correct(number: str, send: str) -> Response:
    """Ask for the right address of one recipient, then send the notice there."""
    letter, addressee = _asked(number, send)
    if addressee.state != State.FAILED:
        return _already_done(letter)
    if request.method == "GET":
        return _one_page(letter, addressee, _form_of(addressee))
    form = CorrectionForm(prefix=f"{addressee.number}-")
    if not _corrected(addressee, form):
        return _one_page(letter, addressee, form, status=422)
    db.session.commit()
    wake()
    words = _(
        "L’avis repart à l’adresse %(email)s, et les quinze jours compteront de là.",
        email=addressee.email,
    )
    announce_leaving(db.session, letter, words)
    return redirect(url_for(".letter", number=letter.number))


@blueprint.route("/courriers/<number>/corriger", methods=["GET", "POST"])
@signed_in
def correct_all(number: str) -> Response:
    """Show all whose notice failed, each with his address; those that are changed go again."""
    letter = letter_asked(number)
    page = corrections.failed_page(db.session, letter, asked(request.args))
    if request.method == "GET":
        forms = {row.number: _form_of(row) for row in page.items}
        return render("delivery/correct_all.html", letter=letter, page=page, forms=forms)
    forms, done = {}, 0
    for addressee in page.items:
        form = CorrectionForm(prefix=f"{addressee.number}-")
        if (form.email.data or "") in ("", addressee.email):
            forms[addressee.number] = _form_of(addressee)
        elif _corrected(addressee, form):
            done += 1
        else:
            forms[addressee.number] = form
    db.session.commit()
    return _told(letter, done, forms)


@blueprint.route("/courriers/<number>/papier/<send>", methods=["GET", "POST"])
@signed_in
def send_on_paper(number: str, send: str) -> Response:
    """Ask where a letter goes that no e-mail brings, then put it with those to post."""
    letter, addressee = _asked(number, send)
    if addressee.state not in TO_PAPER:
        return _already_done(letter)
    form = PostalForm(formdata=None) if request.method == "GET" else PostalForm()
    if request.method == "GET" or not corrections.fits_paper(letter):
        return _paper_page(letter, addressee, form)
    lines = addressee.postal_address
    if not lines:
        printed, findings = corrections.postal_address(addressee, form.texts())
        lines = "\n".join(printed)
        if not form.validate() or not lines:
            form.refuse(findings)
            return _paper_page(letter, addressee, form, status=422)
    try:
        mending.send_on_paper(db.session, addressee, lines, actor().name, datetime.now(UTC))
    except IllegalStep:
        return _already_done(letter)
    db.session.commit()
    announce(_("Cette lettre est à imprimer et à poster : voyez « Courriers à poster »."))
    return redirect(url_for(".letter", number=letter.number))


@blueprint.get("/courriers/<number>/retours/<int:returned_id>.eml")
@signed_in
def returned_message(number: str, returned_id: int) -> Response:
    """Give the message by which a notice failed, the very bytes that came."""
    found = returns.kept_message(db.session, letter_asked(number), returned_id) or abort(404)
    content = BytesIO(load(current().files_directory, found.digest))
    name = f"retour-{found.addressee.number}.eml"
    kind = "application/octet-stream"
    response = send_file(content, kind, as_attachment=True, download_name=name, etag=False)
    response.headers["Content-Security-Policy"] = ALONE
    return response


def _corrected(addressee: Addressee, form: CorrectionForm) -> bool:
    """Correct one address, or tie to its field what stands in the way."""
    if not form.validate():
        return False
    email, now = form.email.data or "", datetime.now(UTC)
    doubt = corrections.doubt(addressee, email)
    if doubt and form.doubted.data != email:
        sure = _("Si l’adresse est juste telle quelle, envoyez encore une fois.")
        form.refuse("email", f"{doubt} {sure}")
        form.doubted.data = email
        return False
    try:
        corrections.correct(
            db.session, current(), actor(), addressee, email, form.means.data or "", now
        )
    except NotCorrected as problem:
        form.refuse(problem.field, problem.message)
        return False
    return True


def _told(letter: Letter, done: int, forms: dict[str, CorrectionForm]) -> Response:
    if done:
        wake()
        words = ngettext(
            "L’avis repart à %(num)d adresse corrigée.",
            "Les avis repartent à %(num)d adresses corrigées.",
            done,
        )
        announce_leaving(db.session, letter, words)
    if any(form.errors for form in forms.values()):
        page = corrections.failed_page(db.session, letter, asked(request.args))
        forms = {row.number: forms.get(row.number) or _form_of(row) for row in page.items}
        return render(
            "delivery/correct_all.html", letter=letter, page=page, forms=forms, status=422
        )
    if not done:
        announce(_("Aucune adresse n’a été changée : rien n’est reparti."), "warning")
        return redirect(url_for(".correct_all", number=letter.number))
    return redirect(url_for(".letter", number=letter.number))


def _form_of(addressee: Addressee) -> CorrectionForm:
    return CorrectionForm(formdata=None, prefix=f"{addressee.number}-", email=addressee.email)


def _already_done(letter: Letter) -> Response:
    announce(
        _("Il n’y a plus rien à corriger ici : l’état de cet envoi vient de changer."), "warning"
    )
    return redirect(url_for(".letter", number=letter.number))


def _one_page(
    letter: Letter, addressee: Addressee, form: CorrectionForm, status: int = 200
) -> Response:
    return render(
        "delivery/correct.html",
        "form",
        letter=letter,
        addressee=addressee,
        form=form,
        status=status,
        individual=INDIVIDUAL,
        takes_focus=wants_fragment() and not form.errors,
    )


def _paper_page(
    letter: Letter, addressee: Addressee, form: PostalForm, status: int = 200
) -> Response:
    return render(
        "delivery/send_on_paper.html",
        letter=letter,
        addressee=addressee,
        form=form,
        fits=corrections.fits_paper(letter),
        status=status,
    )


def _asked(number: str, send: str) -> tuple[Letter, Addressee]:
    letter = letter_asked(number)
    return letter, addressee_of(db.session, letter, send) or abort(404)
