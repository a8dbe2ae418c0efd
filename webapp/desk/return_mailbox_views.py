"""The settings of the mailbox where notices come back: kept, read at once, forgotten."""

from datetime import UTC, datetime

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.accounts import return_mailbox
from webapp.accounts.access import actor, administrators
from webapp.accounts.mail_passwords import PasswordWanted
from webapp.accounts.mail_settings import with_mail_settings
from webapp.delivery.returns import TakenIn
from webapp.desk.return_mailbox_form import PREFIX, ReturnMailboxForm
from webapp.desk.settings_views import blueprint as blueprint
from webapp.desk.settings_views import mail_page, require_first_organisation
from webapp.extensions import db
from webapp.web.errors import refusal
from webapp.web.pages import announce, redirect
from webapp.web.settings import current

STAGES = {
    "name": _l("trouver le serveur"),
    "connect": _l("se connecter au serveur"),
    "tls": _l("chiffrer la connexion"),
    "login": _l("ouvrir la boîte (identifiant ou mot de passe)"),
    "folder": _l("trouver le dossier"),
    "read": _l("lire les messages"),
}

ADVICE = {
    "name": _l("Vérifiez le nom du serveur : il s’écrit comme imap.exemple.fr."),
    "connect": _l("Vérifiez le port : 993 avec TLS, 143 avec STARTTLS."),
    "tls": _l("Essayez l’autre chiffrement : TLS va avec le port 993, STARTTLS avec le port 143."),
    "login": _l(
        "Vérifiez l’identifiant et le mot de passe. Certaines messageries veulent un « mot de "
        "passe d’application », que l’on crée dans leurs réglages de sécurité."
    ),
    "folder": _l("Vérifiez le nom du dossier : INBOX est la boîte de réception."),
    "read": _l("Essayez de nouveau dans quelques minutes."),
}
"""What to do when reading stops at a stage."""


@blueprint.post("/organisation/messagerie/retours")
@administrators
def save_return_mailbox() -> Response:
    """Keep the mailbox, then read it at once, which also shows whether it opens."""
    _require_may_set()
    form = ReturnMailboxForm(prefix=PREFIX)
    if not form.validate():
        return mail_page(None, mailbox_form=form, status=422)
    try:
        return_mailbox.save(db.session, current(), form.settings(), actor(), datetime.now(UTC))
    except PasswordWanted:
        db.session.rollback()
        form.password.errors = [
            _("Écrivez le mot de passe : celui qui est gardé ne sert qu’à la boîte d’avant.")
        ]
        return mail_page(None, mailbox_form=form, status=422)
    db.session.commit()
    announce(_("La boîte des retours est enregistrée."))
    return _read()


@blueprint.post("/organisation/messagerie/retours/lire")
@administrators
def read_return_mailbox() -> Response:
    """Read the mailbox now, and say what came, or at which stage it stopped."""
    require_first_organisation()
    return _read()


@blueprint.post("/organisation/messagerie/retours/oublier")
@administrators
def forget_return_mailbox() -> Response:
    """Read no mailbox any more."""
    _require_may_set()
    return_mailbox.forget(db.session)
    db.session.commit()
    announce(_("Plirec ne lit plus de boîte : les avis qui reviennent ne sont plus notés."))
    return redirect(url_for(".mail"))


def _read() -> Response:
    config = with_mail_settings(db.session, current())
    db.session.commit()  # the server may be slow: nothing is held meanwhile
    if not config.imap_host:
        announce(_("Enregistrez d’abord une boîte."), "warning")
        return redirect(url_for(".mail"))
    from webapp.delivery import mailbox

    try:
        counts = mailbox.read_all(config)
    except mailbox.Unreadable as problem:
        announce(
            _(
                "La boîte des retours n’a pas pu être lue. Arrêt ici : %(stage)s. %(advice)s "
                "(Détail technique : %(words)s)",
                stage=STAGES[problem.stage],
                advice=ADVICE[problem.stage],
                words=problem.words,
            ),
            "error",
        )
    else:
        announce(
            _(
                "Boîte lue. Messages notés : %(noted)s ; laissés à lire : %(left)s.",
                noted=counts[TakenIn.RECORDED],
                left=counts[TakenIn.UNKNOWN],
            )
        )
    return redirect(url_for(".mail"))


def _require_may_set() -> None:
    if return_mailbox.is_in_environment(current()):
        raise refusal(
            403,
            _("La boîte des retours est fixée sur la machine (PLIREC_IMAP_HOST) : changez-la là."),
        )
    require_first_organisation()
