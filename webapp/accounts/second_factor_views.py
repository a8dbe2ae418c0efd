"""One's second factor: set up, recovery codes made anew, turned off."""

from datetime import UTC, datetime

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from webapp.accounts import second_factor, totp
from webapp.accounts.access import actor, signed_in, without_second_factor
from webapp.accounts.confirmation import denial, end_the_others
from webapp.accounts.forms import CurrentPasswordForm, SetUpForm
from webapp.extensions import db
from webapp.web.pages import announce, redirect, render

blueprint = Blueprint("second_factor", __name__, url_prefix="/compte/deuxieme-facteur")


@blueprint.route("", methods=["GET", "POST"])
@without_second_factor
def start() -> Response:
    """Say what a second factor is; with the password, begin to set it up."""
    if second_factor.is_on(db.session, actor().id):
        return redirect(url_for("account.overview"))
    form = CurrentPasswordForm()
    if not form.validate_on_submit():
        return _password_first("accounts/second_factor.html", form, 422 if form.errors else 200)
    if status := denial(form):
        return _password_first("accounts/second_factor.html", form, status)
    sealed = second_factor.begin(actor())
    db.session.rollback()
    return _set_up_page(SetUpForm(formdata=None, sealed=sealed), 200)


@blueprint.post("/confirmer")
@without_second_factor
def confirm() -> Response:
    """Turn it on once the telephone shows the right code, and tell the recovery codes."""
    form = SetUpForm()
    try:
        second_factor.begun(actor(), form.sealed.data or "")
        if not form.validate_on_submit():
            return _set_up_page(form, 422)
        codes = second_factor.turn_on(
            db.session, actor(), form.sealed.data or "", form.code.data or "", datetime.now(UTC)
        )
    except second_factor.Outdated:
        announce(_("Cette mise en place est dépassée : recommencez-la."), "warning")
        return redirect(url_for(".start"))
    except second_factor.WrongCode:
        form.code.errors = [
            _(
                "Ce code n’est pas celui de Plirec à cet instant. Vérifiez la clé, et que le "
                "téléphone est à l’heure."
            )
        ]
        return _set_up_page(form, 422)
    ended = end_the_others()
    db.session.commit()
    announce(f"{_('Votre deuxième facteur est en place.')} {ended}".strip())
    return _codes_page(codes)


@blueprint.route("/codes", methods=["GET", "POST"])
@signed_in
def recovery_codes() -> Response:
    """Make ten new recovery codes; the password is asked."""
    if not second_factor.is_on(db.session, actor().id):
        return _not_yet()
    form = CurrentPasswordForm()
    if not form.validate_on_submit():
        return _password_first("accounts/remake_codes.html", form, 422 if form.errors else 200)
    if status := denial(form):
        return _password_first("accounts/remake_codes.html", form, status)
    codes = second_factor.remake_recovery_codes(db.session, actor().id)
    db.session.commit()
    announce(_("Vos anciens codes de secours ne servent plus."))
    return _codes_page(codes)


@blueprint.route("/desactiver", methods=["GET", "POST"])
@signed_in
def turn_off() -> Response:
    """Turn it off, unless the organisation requires it; the password is asked."""
    if not second_factor.is_on(db.session, actor().id):
        return _not_yet()
    if second_factor.is_required(actor()):
        announce(
            _("Votre association demande un deuxième facteur : il ne peut pas être désactivé."),
            "warning",
        )
        return redirect(url_for("account.overview"))
    form = CurrentPasswordForm()
    if not form.validate_on_submit():
        return _password_first("accounts/turn_off.html", form, 422 if form.errors else 200)
    if status := denial(form):
        return _password_first("accounts/turn_off.html", form, status)
    second_factor.turn_off(db.session, actor().id)
    ended = end_the_others()
    db.session.commit()
    announce(f"{_('Votre deuxième facteur est désactivé.')} {ended}".strip())
    return redirect(url_for("account.overview"))


def _not_yet() -> Response:
    """Show how to set one up, whatever was asked about the one that is not there."""
    return _password_first("accounts/second_factor.html", CurrentPasswordForm(formdata=None), 200)


def _password_first(template: str, form: CurrentPasswordForm, status: int) -> Response:
    return render(template, "main", status=status, form=form)


def _set_up_page(form: SetUpForm, status: int) -> Response:
    secret = second_factor.begun(actor(), form.sealed.data or "")
    address = totp.address(secret, actor().email)
    return render(
        "accounts/second_factor_set_up.html",
        "main",
        status=status,
        form=form,
        key=totp.in_letters(secret),
        address=address,
        drawing=totp.drawn(address, _("La clé, en code QR")),
    )


def _codes_page(codes: list[str]) -> Response:
    return render("accounts/recovery_codes.html", "main", codes=codes)
