"""Writing a sent letter again."""

from datetime import UTC, datetime

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import actor, signed_in
from webapp.compose.copies import Copy, copy_of
from webapp.delivery.asked import letter_asked
from webapp.extensions import db
from webapp.web.pages import announce, redirect
from webapp.web.settings import current

blueprint = Blueprint("copies", __name__)


@blueprint.post("/courriers/<number>/copier")
@signed_in
def copy(number: str) -> Response:
    """Begin a draft of the same letter, and show it."""
    letter = letter_asked(number)
    made = copy_of(db.session, actor(), letter, current().files_directory, datetime.now(UTC))
    db.session.commit()
    _tell(made)
    return redirect(url_for("drafts.draft", key=made.draft.key))


def _tell(made: Copy) -> None:
    announce(_("Voici une copie du courrier, à relire et à changer. Rien n’est parti."))
    if not made.has_recipients:
        announce(_("Choisissez ses destinataires : la copie n’en a pas."), "warning")
    elif made.gone:
        announce(
            ngettext(
                "%(num)d groupe ou contact n’existe plus ou est archivé : la copie est sans lui.",
                "%(num)d groupes ou contacts n’existent plus ou sont archivés"
                " : la copie est sans eux.",
                made.gone,
            ),
            "warning",
        )
