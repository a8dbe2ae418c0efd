"""How long the organisation keeps its letters; a shorter term is confirmed first."""

from datetime import UTC, datetime

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, administrators
from webapp.desk.keeping_form import KeepingForm
from webapp.extensions import db
from webapp.letters import keeping
from webapp.web.pages import announce, redirect, render

blueprint = Blueprint("keeping", __name__, url_prefix="/organisation/conservation")


@blueprint.get("")
@administrators
def show() -> Response:
    """Show how long letters are kept, and what that means."""
    return _page(KeepingForm(formdata=None, years=actor().organisation.keeping_years))


@blueprint.post("")
@administrators
def change() -> Response:
    """Keep letters longer at once; ask before keeping them less long."""
    form, organisation, now = KeepingForm(), actor().organisation, datetime.now(UTC)
    if not form.validate():
        return _page(form, status=422)
    years = form.years.data or keeping.LEAST_YEARS
    if years < organisation.keeping_years and not form.confirmed.data:
        return _confirmation(years, now)
    keeping.change_term(organisation, years, now)
    db.session.commit()
    announce(_("La durée de conservation est enregistrée."))
    return redirect(url_for(".show"))


def _page(form: KeepingForm, status: int = 200) -> Response:
    organisation, now = actor().organisation, datetime.now(UTC)
    erases_from = organisation.erases_from
    return render(
        "desk/keeping.html",
        "main",
        status=status,
        form=form,
        years=organisation.keeping_years,
        erases_from=erases_from if erases_from and erases_from > now else None,
        ending=keeping.soon(db.session, actor(), now),
    )


def _confirmation(years: int, now: datetime) -> Response:
    """Say from when what will be erased; nothing is changed yet."""
    starts_at = now + keeping.NOTICE
    return render(
        "desk/keeping_shorter.html",
        "main",
        years=years,
        years_before=actor().organisation.keeping_years,
        starts_at=starts_at,
        count=keeping.would_end(db.session, actor().organisation_id, years, starts_at),
    )
