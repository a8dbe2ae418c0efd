"""What recipients see of the service before they know who writes: who runs it, and what tells."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, administrators
from webapp.accounts.mail_settings import may_set_mail
from webapp.accounts.operator import operator_of, set_operator
from webapp.accounts.telltale import telltales
from webapp.desk.service_form import OperatorForm
from webapp.desk.settings_views import require_first_organisation
from webapp.extensions import db
from webapp.web.pages import announce, redirect, render
from webapp.web.settings import current

blueprint = Blueprint("service", __name__)


@blueprint.get("/organisation/service")
@administrators
def service() -> Response:
    """Show who runs the service, and what of it tells a sender who is hidden."""
    known = operator_of(db.session, current())
    form = OperatorForm(formdata=None, operator_name=known.name, operator_address=known.address)
    return _page(form)


@blueprint.post("/organisation/service")
@administrators
def save_operator() -> Response:
    """Keep who runs the service."""
    require_first_organisation()
    form = OperatorForm()
    if not form.validate():
        return _page(form, status=422)
    address = (form.operator_address.data or "").replace("\r\n", "\n")
    set_operator(db.session, form.operator_name.data or "", address)
    db.session.commit()
    announce(_("C’est enregistré : les pages des destinataires le disent."))
    return redirect(url_for(".service"))


def _page(form: OperatorForm, *, status: int = 200) -> Response:
    organisation = actor().organisation
    return render(
        "desk/service.html",
        "main",
        status=status,
        form=form,
        operator=operator_of(db.session, current()),
        telltales=telltales(db.session, current(), organisation),
        hides_sender=not organisation.names_sender,
        may_change=may_set_mail(db.session, actor()),
    )
