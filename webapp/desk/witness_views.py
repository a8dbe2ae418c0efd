"""The settings of the outside witness, what it did lately, and a trial of the authority."""

import secrets
from datetime import UTC, datetime
from itertools import pairwise

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from webapp.accounts.access import actor, administrators
from webapp.accounts.mail_settings import has_mail_server, may_set_mail
from webapp.desk import witness_words
from webapp.desk.witness_form import WitnessForm
from webapp.evidence import roots, stamping, witness_setting
from webapp.evidence.authority_call import NoStamp
from webapp.evidence.witness_setting import with_witness_settings
from webapp.extensions import db
from webapp.web.errors import refusal
from webapp.web.pages import announce, redirect, render
from webapp.web.settings import current
from webapp.web.templating import moment

blueprint = Blueprint("witness", __name__, url_prefix="/organisation/temoin")
SHOWN = 14
DIGEST_BYTES = 32


@blueprint.get("")
@administrators
def show() -> Response:
    """Show who witnesses, and the roots of the last days."""
    _require_may_set()
    return _page(None)


@blueprint.post("")
@administrators
def save() -> Response:
    """Keep who stamps and who is mailed."""
    _require_may_set()
    form = WitnessForm.of(current(), with_witness_settings(db.session, current()))
    if not form.validate():
        return _page(form, status=422)
    witness_setting.save(db.session, form.url(), form.witnesses())
    db.session.commit()
    announce(_("Le témoin extérieur est enregistré."))
    return redirect(url_for(".show"))


@blueprint.post("/essai")
@administrators
def try_stamp() -> Response:
    """Ask the authority for a stamp over nothing in particular, and say what came."""
    _require_may_set()
    url = witness_setting.timestamp_url(db.session, current())
    db.session.rollback()  # no transaction stays open while the authority is waited for
    if not url:
        announce(_("Enregistrez d’abord l’adresse d’une autorité."), "warning")
        return redirect(url_for(".show"))
    try:
        stamp = stamping.trial(url, secrets.token_bytes(DIGEST_BYTES), datetime.now(UTC))
    except NoStamp as problem:
        stage = witness_words.stopped(str(problem))
        announce(_("Aucun horodatage. Arrêt ici : %(stage)s.", stage=stage), "error")
    else:
        told = _(
            "L’horodatage marche : %(moment)s, signé par %(signer)s. L’horloge de cette machine "
            "est %(drift)s.",
            moment=moment(stamp.stamped_at),
            signer=stamp.signer,
            drift=witness_words.drift(stamp.drift),
        )
        announce(told, "warning" if stamp.is_adrift else "success")
    return redirect(url_for(".show"))


def _require_may_set() -> None:
    """Refuse whoever does not answer for the installation: the witnesses' addresses are theirs."""
    if not may_set_mail(db.session, actor()):
        raise refusal(
            403,
            _(
                "Plusieurs associations partagent cette installation : seuls les administrateurs "
                "de la première règlent le témoin extérieur, qui est celui de toutes."
            ),
        )


def _page(form: WitnessForm | None, status: int = 200) -> Response:
    config = current()
    in_use = with_witness_settings(db.session, config)
    recent = roots.recent(db.session, SHOWN)
    certificates = [state.stamp.certificate for state in recent if state.stamp]
    return render(
        "desk/witness.html",
        "main",
        status=status,
        form=form or WitnessForm.of(config, in_use, formdata=None),
        config=config,
        in_use=in_use,
        has_mail=has_mail_server(db.session, config),
        roots=recent,
        last=roots.last_stamp(db.session),
        is_another_signer=any(one != other for one, other in pairwise(certificates)),
        drift=witness_words.drift,
        stopped=witness_words.stopped,
        not_mailed=witness_words.not_mailed,
    )
