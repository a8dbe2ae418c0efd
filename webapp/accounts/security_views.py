"""What the organisation asks of its administrators before they can do anything."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from webapp.accounts import second_factor
from webapp.accounts.access import actor, administrators
from webapp.accounts.forms import SecurityForm
from webapp.extensions import db
from webapp.web.pages import announce, redirect, render

blueprint = Blueprint("organisation_security", __name__)


@blueprint.route("/organisation/securite", methods=["GET", "POST"])
@administrators
def rules() -> Response:
    """Show whether administrators must have a second factor, and change it."""
    user = actor()
    form = SecurityForm(obj=user.organisation)
    if form.validate_on_submit():
        user.organisation.requires_second_factor = form.requires_second_factor.data
        db.session.commit()
        announce(
            _("Désormais, vos administrateurs se connectent avec un deuxième facteur.")
            if user.organisation.requires_second_factor
            else _("Désormais, le deuxième facteur est laissé au choix de chacun.")
        )
        return redirect(url_for(".rules"))
    return render(
        "accounts/security.html",
        "main",
        form=form,
        has_second_factor=second_factor.is_on(db.session, user.id),
    )
